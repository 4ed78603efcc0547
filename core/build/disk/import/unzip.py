# unzip.py list ARCHIVE | extract ARCHIVE DIRECTORY NAME...
# Reads a ZIP archive: its names as JSON, or some of its files, with their checksums verified. Exit status 3 for an
# archive that cannot be read, with the reason as the last line of standard error.
import errno, json, lzma, os, struct, sys, zipfile, zlib

BLOCK = 1 << 20

# what the offsets and names of an archive bring about, and not the machine
OF_ARCHIVE = {errno.EINVAL, errno.ENOENT, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EILSEQ}

# Python's zipfile checks little before it computes
OF_READER = (ValueError, OverflowError, RuntimeError, LookupError, AssertionError, struct.error)


def refuse(reason):
    print(reason, file=sys.stderr)
    sys.exit(3)


def extract(archive, entry, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    written = told = 0
    with archive.open(entry) as source, open(target, 'xb') as file:
        while block := source.read(BLOCK):
            if block.count(0) == len(block):
                file.seek(len(block), os.SEEK_CUR)
            else:
                file.write(block)
            written += len(block)
            if written * 10 // max(entry.file_size, 1) > told:
                told = written * 10 // max(entry.file_size, 1)
                print(written, entry.file_size, flush=True)
        file.truncate()


try:
    with zipfile.ZipFile(sys.argv[2]) as archive:
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        if sys.argv[1] == 'list':
            print(json.dumps([entry.filename for entry in files]))
        else:
            for name in sys.argv[4:]:
                entry = archive.getinfo(name)
                if entry.flag_bits & 1:
                    refuse('%s is encrypted' % name)
                extract(archive, entry, os.path.join(sys.argv[3], name))
except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError) as error:
    refuse(str(error) or 'it ends too early')
except NotImplementedError:
    refuse('it is compressed by a method that is not known here')
except OF_READER as error:
    refuse('it is damaged: %s' % error)
except OSError as error:
    if error.errno not in OF_ARCHIVE:
        raise
    refuse('it is damaged: %s' % error.strerror)
