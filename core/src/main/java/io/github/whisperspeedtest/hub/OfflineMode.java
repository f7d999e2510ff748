package io.github.whisperspeedtest.hub;

import java.util.Map;
import java.util.Properties;

/** How offline mode was switched on in this process. */
final class OfflineMode {
    private OfflineMode() {}

    /** Returns a sentence that says how to allow requests again. */
    static String remedy() {
        return remedy(System.getenv(), System.getProperties());
    }

    static String remedy(Map<String, String> environment, Properties properties) {
        if (properties.getProperty(HubSettings.OFFLINE_PROPERTY) != null) {
            return "Leave out --offline (or the system property " + HubSettings.OFFLINE_PROPERTY + ") to download.";
        }
        for (String variable : HubSettings.OFFLINE_VARIABLES) {
            if (HubSettings.isTrue(environment, variable)) {
                return "Unset " + variable + " to download.";
            }
        }
        return "Use settings that allow requests to download.";
    }
}
