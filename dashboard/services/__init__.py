"""What the dashboard does: it only loads the demo."""

from dashboard.services.companies import COMPANIES
from dashboard.services.demo import Login, choose_logins, load_demo

__all__ = ["COMPANIES", "Login", "choose_logins", "load_demo"]
