import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "acorn.settings.base")
application = get_wsgi_application()

import acorn.celery  # noqa: E402, F401 -- after the settings are there

# What is loaded now stays loaded: the collector need not walk through it in the middle of a request.
gc.collect()
gc.freeze()
