import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.opensearch.common.settings.Settings;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.transport.Netty4Plugin;
import org.opensearch.transport.TransportService;

/**
 * One OpenSearch node in this process: its settings are the arguments (name=value), its files are below path.home.
 *
 * It writes its HTTP and transport ports into path.home/ports once it answers, and stops when its input ends, so that
 * it never outlives the process that started it.
 */
public final class SearchNode extends Node {
    private SearchNode(Settings settings) {
        super(
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "node"),
            List.of(Netty4Plugin.class, MapperExtrasPlugin.class),
            false
        );
    }

    public static void main(String[] arguments) throws Exception {
        Settings.Builder settings = Settings.builder();
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        try (SearchNode node = new SearchNode(settings.build())) {
            node.start();
            int http = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
            int transport = node.injector().getInstance(TransportService.class).boundAddress().publishAddress().getPort();
            Path home = Path.of(settings.get("path.home"));
            Files.writeString(home.resolve("ports.new"), http + " " + transport);
            Files.move(home.resolve("ports.new"), home.resolve("ports"), StandardCopyOption.ATOMIC_MOVE);
            while (System.in.read() >= 0) {
                // Nothing is said to the node but the end.
            }
        }
        System.exit(0);
    }
}
