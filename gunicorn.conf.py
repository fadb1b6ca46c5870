"""How gunicorn runs the site; « gunicorn faqcms.wsgi » finds this file by itself. See .env.example."""

import os

# What is read before the workers are forked, Python's own modules and Django's, they share in memory.
preload_app = True
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A worker's heartbeat is a file: in memory, it waits for no disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108
