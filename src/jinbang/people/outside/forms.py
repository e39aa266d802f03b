"""The shape of what is asked of one's outside identities."""

from django import forms


class UnlinkForm(forms.Form):
    """Which one to give up. Whether it is one's own is decided by the loader."""

    identity = forms.IntegerField(min_value=1, max_value=2**62)
