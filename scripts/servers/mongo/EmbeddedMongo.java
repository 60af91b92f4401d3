import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.List;
import org.h2.mvstore.MVStore;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** MongoDB's wire protocol over one H2 file. Arguments: the file, the port (on 127.0.0.1). */
public class EmbeddedMongo {
    /** As published the server says 3.0, which current drivers refuse; 7.0 is what its answers fit. */
    static final MongoVersion VERSION = new MongoVersion() {
        public List<Integer> getVersionArray() { return List.of(7, 0, 0); }
        public int getWireVersion() { return 21; }
    };

    public static void main(String[] args) {
        MVStore store = new MVStore.Builder().fileName(args[0]).open();
        // Milliseconds. The default delay of 1 s lost acknowledged writes when the process was killed.
        store.setAutoCommitDelay(20);
        // Milliseconds. With less, chunks that a reader still needs are overwritten under load.
        store.setRetentionTime(600_000);
        MongoServer server = new MongoServer(new H2Backend(store).version(VERSION));
        server.bind("127.0.0.1", Integer.parseInt(args[1]));
        // Ctrl-C reaches the whole process group; the launcher ends this process after its clients.
        Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    }
}
