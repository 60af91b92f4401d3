import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import java.util.List;
import org.h2.mvstore.MVStore;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** MongoDB's wire protocol over one H2 file, or over memory. Arguments: the port (on 127.0.0.1), the file if any. */
public class EmbeddedMongo {
    /** As published the server says 3.0, which current drivers refuse; 7.0 is what its answers fit. */
    static final MongoVersion VERSION = new MongoVersion() {
        public List<Integer> getVersionArray() { return List.of(7, 0, 0); }
        public int getWireVersion() { return 21; }
    };

    /**
     * Saves what a command wrote before it is answered. With the delayed save alone, a kill right after
     * 2000 answered writes lost 30 to 90 of them.
     */
    static class SavingBackend extends H2Backend {
        SavingBackend(MVStore store) { super(store); }

        @Override
        public Document handleMessage(MongoMessage message) {
            Document answer = super.handleMessage(message);
            if (getMvStore().hasUnsavedChanges()) getMvStore().commit();
            return answer;
        }
    }

    public static void main(String[] args) {
        MongoBackend backend = args.length > 1 ? fileBackend(args[1]) : new MemoryBackend().version(VERSION);
        MongoServer server = new MongoServer(backend);
        server.bind("127.0.0.1", Integer.parseInt(args[0]));
        // Ctrl-C reaches the whole process group; the launcher ends this process after its clients.
        Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    }

    static MongoBackend fileBackend(String file) {
        // Compressed: each save appends, and space is reused only after the retention time below.
        MVStore store = new MVStore.Builder().fileName(file).compress().open();
        // Milliseconds; for what is written outside of a command.
        store.setAutoCommitDelay(20);
        // Milliseconds. With less, chunks that a reader still needs are overwritten under load.
        store.setRetentionTime(600_000);
        return new SavingBackend(store).version(VERSION);
    }
}
