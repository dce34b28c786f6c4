"""The WSGI application served by granian (``zagumi serve``) or any other WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zagumi.platform.settings")

application = get_wsgi_application()
