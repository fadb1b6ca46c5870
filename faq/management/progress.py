"""Progress of a long command, on a terminal only: a log is spared."""


def progress_on(stream, what):
    """Return a function that shows « done out of total » in place on the stream, or None where nobody watches."""
    if not stream.isatty():
        return None

    def show(done, total):
        stream.write(f"\r{done} {what} sur {total}", ending="\n" if done == total else "")
        stream.flush()

    return show
