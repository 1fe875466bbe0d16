import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.MessageDigest;
import java.util.*;
import java.util.zip.*;

/** Reads the zips that a file names, one a line; prints number, digest and name of each file in them. */
public class Read {
    static final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

    static String digest(InputStream stream) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(stream.readAllBytes()));
    }

    static void tell(int number, ZipEntry entry, InputStream stream) throws Exception {
        String told = entry.isDirectory() ? "-" : digest(stream);
        out.println(number + "\t" + told + "\t" + entry.getName().replace("\n", "\\n"));
    }

    static void file(int number, String path) throws Exception {
        try (ZipFile zip = new ZipFile(path)) {
            for (var entries = zip.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                try (InputStream stream = zip.getInputStream(entry)) {
                    tell(number, entry, stream);
                } catch (IOException error) {
                    // This one is not read; the next may be.
                }
            }
        }
    }

    static void stream(int number, String path) throws Exception {
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(new FileInputStream(path)))) {
            for (ZipEntry entry; (entry = zip.getNextEntry()) != null;) {
                tell(number, entry, zip);
            }
        }
    }

    public static void main(String[] words) throws Exception {
        int number = 0;
        for (String path : Files.readAllLines(Path.of(words[1]))) {
            try {
                if (words[0].equals("file")) file(number, path); else stream(number, path);
            } catch (Exception error) {
                // What was read before the error counts.
            }
            number++;
        }
        out.flush();
    }
}
