"""The web role's entry point for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

from jinbang.kernel.parents import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

end_with_parent()  # where this is a worker of Granian's: alone it would go on answering
application = get_wsgi_application()
