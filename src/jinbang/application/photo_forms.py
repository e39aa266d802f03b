"""The shape of what is sent on the pages of a photo: a file, a frame, a reason. Pictures are judged elsewhere."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from jinbang.application.actions import HandBox
from jinbang.application.photo_rules import REASON_LENGTH_MAX
from jinbang.application.picture import BYTES_READ_MAX

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

# Named one by one and not as image/*, because browsers then offer what cannot be read.
TAKEN: Final = "image/jpeg,image/png,image/webp,image/heic,image/heif,.heic,.heif"


class FrameForm(forms.Form):
    """Where the frame stands: in shares of the upright picture. All three or none."""

    left = forms.FloatField(required=False, min_value=0, max_value=1, widget=forms.HiddenInput)
    top = forms.FloatField(required=False, min_value=0, max_value=1, widget=forms.HiddenInput)
    width = forms.FloatField(required=False, min_value=0.01, max_value=1, widget=forms.HiddenInput)

    @property
    def hand(self) -> HandBox | None:
        """The frame that was moved; None where the server is to place it."""
        left, top, width = (self.cleaned_data.get(name) for name in ("left", "top", "width"))
        return None if left is None or top is None or width is None else HandBox(left, top, width)


class PhotoForm(FrameForm):
    """The file that becomes the portrait: chosen, or just taken with the camera of the phone."""

    photo = forms.FileField(
        label=_("照片文件"),
        help_text=_("JPG、PNG、WebP 或 HEIC，15 MB 以内。系统会自动摆正、裁剪并压缩，无需自己处理。"),
        widget=forms.FileInput(attrs={"accept": TAKEN}),
        error_messages={"empty": _("这个文件是空的，请重新选择。"), "required": _("请选择一张照片。")},
    )
    camera = forms.FileField(
        label=_("现在拍一张"),
        required=False,
        help_text=_("请别人帮忙拍，或把手机立稳，离脸一米左右。"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "user"}),
        error_messages={"empty": _("没有拍到照片，请重新拍。")},
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:  # noqa: ANN401  # Django's signature
        """Ask for a file unless the camera brought one."""
        super().__init__(data, files)
        self.fields["photo"].required = not (files and files.get("camera"))

    def clean_photo(self) -> "UploadedFile[Any] | None":
        """Refuse by size before a byte is read."""
        return _small_enough(self.cleaned_data["photo"])

    def clean_camera(self) -> "UploadedFile[Any] | None":
        """Refuse by size before a byte is read."""
        return _small_enough(self.cleaned_data["camera"])

    def read(self) -> bytes:
        """Return the bytes that were sent: the camera's before a file chosen earlier."""
        uploaded: UploadedFile[Any] = self.cleaned_data.get("camera") or self.cleaned_data["photo"]
        return bytes(uploaded.read())


class PhotoReasonForm(forms.Form):
    """Why an approved photo should change, or should not."""

    reason = forms.CharField(
        label=_("原因"),
        max_length=REASON_LENGTH_MAX,
        help_text=_("请不要写证件号码等个人信息。"),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写明原因。")},
    )


class ProposalForm(PhotoForm, PhotoReasonForm):
    """A photo proposed at the desk, with its reason."""

    field_order = ("photo", "camera", "reason")


def _small_enough(uploaded: "UploadedFile[Any] | None") -> "UploadedFile[Any] | None":
    if uploaded and (uploaded.size is None or uploaded.size > BYTES_READ_MAX):
        raise forms.ValidationError(_("文件超过 15 MB，请换一张小一些的照片。"), code="too_large")
    return uploaded
