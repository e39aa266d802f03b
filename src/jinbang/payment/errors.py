"""What the payment phase refuses. `portal/problems.py` gives each code its page and its sentence."""

from jinbang.kernel.errors import DomainError


class OrderNotFound(DomainError):
    """No such order for this reader: it does not exist, is another's, or lies outside the bursar's scope."""

    code = "order_not_found"


class OrderNumberMistyped(DomainError):
    """The number cannot be an order number: a digit is wrong or missing. Field: `number`."""

    code = "order_number_mistyped"


class AmountMismatch(DomainError):
    """The sum is not exactly what is owed. Fields: `owed_fen`, `given_fen`."""

    code = "amount_mismatch"


class OrderAlreadyPaid(DomainError):
    """The order is paid; it is never paid twice. Fields: `number`, `reference` of the receipt that paid it."""

    code = "order_already_paid"


class OrderNotPayable(DomainError):
    """The order lapsed or was cancelled. Fields: `number`, `state`."""

    code = "order_not_payable"


class ReceiptUsed(DomainError):
    """This receipt has already been entered for another order or another sum. Fields: `reference`, `number`."""

    code = "receipt_used"


class ReceiptMissing(DomainError):
    """A payment at the counter needs the number of its receipt."""

    code = "receipt_missing"


class PaidNotWithdrawable(DomainError):
    """What is paid is no longer withdrawn: after payment there are no changes and no refunds. Field: `number`."""

    code = "paid_not_withdrawable"


class NothingOwed(DomainError):
    """There is no order: the application is not approved, or the time of payment is not announced yet."""

    code = "nothing_owed"


class ApplicationNotPayable(DomainError):
    """The application is not approved any more: it has gone back to review or has become void. Field: `state`."""

    code = "application_not_payable"
