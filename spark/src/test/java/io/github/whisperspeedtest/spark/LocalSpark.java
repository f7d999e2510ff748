package io.github.whisperspeedtest.spark;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Sessions of the tests in this JVM, which listen on the loopback only. */
final class LocalSpark {
    private LocalSpark() {}

    /** Returns settings for a session whose files are in a directory. */
    static SparkConf conf(Path directory) {
        return new SparkConf()
                .setMaster("local[2]")
                .setAppName("test")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.sql.shuffle.partitions", "2")
                .set("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
                .set("spark.local.dir", directory.resolve("local").toString());
    }

    static SparkSession start(SparkConf conf) {
        return SparkSession.builder().config(conf).getOrCreate();
    }

    /** Ends a session and its models. */
    static void stop(SparkSession spark) {
        spark.stop();
        ExecutorModel.closeAll();
    }
}
