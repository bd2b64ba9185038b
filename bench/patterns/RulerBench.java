// The peer: the same events and rules through event-ruler's public API, one machine a kind of rules. Processor time of the one thread, the
// best of three passes after one to warm up. usage: RulerBench FOLDER
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import software.amazon.event.ruler.Machine;

public class RulerBench {
  static double seconds() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadCpuTime() / 1e9;
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    List<String> events = Files.readAllLines(folder.resolve("events.jsonl"));
    try (var files = Files.newDirectoryStream(folder, "*.rules")) {
      for (Path file : files) measure(file, events);
    }
  }

  static void measure(Path file, List<String> events) throws Exception {
    Machine machine = new Machine();
    int count = 0;
    for (String rule : Files.readAllLines(file)) machine.addRule(Integer.toString(count++), rule);
    double best = 0;
    long matches = 0;
    // a slow kind is measured over a share of the events
    double trial = seconds();
    for (String event : events.subList(0, 2000)) machine.rulesForJSONEvent(event);
    trial = seconds() - trial;
    List<String> measured = trial > 2 ? events.subList(0, 20000) : events;
    for (int pass = 0; pass < 4; ++pass) {
      matches = 0;
      double from = seconds();
      for (String event : measured) matches += machine.rulesForJSONEvent(event).size();
      if (pass > 0) best = Math.max(best, measured.size() / (seconds() - from));
    }
    System.out.printf("%s\t%.0f\t%d%s%n", file.getFileName().toString().replace(".rules", ""), best, matches, measured == events ? "" : " (of 20000 events)");
  }
}
