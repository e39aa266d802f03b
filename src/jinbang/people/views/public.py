"""The page where staff sign in. Candidates sign in and sign up on the library's own pages under /account/."""

from allauth.account.views import LoginView

from jinbang.people.audiences import public_page
from jinbang.people.forms import StaffSignInForm


class StaffSignInView(LoginView):  # type: ignore[misc]  # allauth publishes no types
    """Sign in with name and password; the second factor follows on a page of its own."""

    template_name = "people/public/staff_sign_in.html"

    def get_form_class(self) -> type[StaffSignInForm]:
        """Return the form of staff, whatever the form of candidates is."""
        return StaffSignInForm


staff_sign_in = public_page(StaffSignInView.as_view())
