package io.github.whisperspeedtest.spark;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.apache.spark.ExecutorLostFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/** Remembers on which executors tasks ran, and how they ended. */
final class TaskRecorder extends SparkListener {
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();
    private final Set<Long> running = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<Long, String> executors = new ConcurrentHashMap<>();

    /**
     * A task that ended.
     *
     * @param failure empty for a success
     */
    record Ended(String executor, String failure, boolean isLost) {}

    @Override
    public void onTaskStart(SparkListenerTaskStart event) {
        executors.put(event.taskInfo().taskId(), event.taskInfo().executorId());
        running.add(event.taskInfo().taskId());
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        running.remove(event.taskInfo().taskId());
        ended.add(new Ended(
                event.taskInfo().executorId(),
                event.reason() instanceof TaskFailedReason failed ? failed.toErrorString() : "",
                event.reason() instanceof ExecutorLostFailure));
    }

    /** Returns the executors on which a task is running. */
    Set<String> running() {
        return running.stream().map(executors::get).collect(Collectors.toSet());
    }

    /** Returns the executors on which tasks succeeded. */
    Set<String> successful() {
        return ended.stream()
                .filter(task -> task.failure().isEmpty())
                .map(Ended::executor)
                .collect(Collectors.toSet());
    }

    /** Returns the tasks that failed. */
    List<Ended> failures() {
        return ended.stream().filter(task -> !task.failure().isEmpty()).toList();
    }
}
