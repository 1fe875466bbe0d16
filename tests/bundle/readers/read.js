// Reads the zips that a file names, one a line, with yauzl; prints number, digest and name of each file in them.
const crypto = require('crypto'), fs = require('fs'), yauzl = require('yauzl');
const paths = fs.readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean);

function read(number, path) {
  return new Promise((done) => {
    yauzl.open(path, {lazyEntries: true, autoClose: true}, (error, zip) => {
      if (error) return done();
      zip.on('error', done);
      zip.on('end', done);
      zip.on('entry', (entry) => {
        if (entry.fileName.endsWith('/')) {
          console.log(`${number}\t-\t${entry.fileName}`);
          return zip.readEntry();
        }
        zip.openReadStream(entry, (error, stream) => {
          if (error) return zip.readEntry();
          const hash = crypto.createHash('sha256');
          stream.on('data', (chunk) => hash.update(chunk));
          stream.on('error', () => zip.readEntry());
          stream.on('end', () => {
            console.log(`${number}\t${hash.digest('hex')}\t${entry.fileName.replace(/\n/g, '\\n')}`);
            zip.readEntry();
          });
        });
      });
      zip.readEntry();
    });
  });
}

(async () => {
  for (const [number, path] of paths.entries()) await read(number, path);
})();
