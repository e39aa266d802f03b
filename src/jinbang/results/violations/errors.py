"""What is refused around violations."""

from jinbang.kernel.errors import DomainError


class CaseNotFound(DomainError):
    """No such case for this reader."""

    code = "violation_case_not_found"


class CaseWithoutWords(DomainError):
    """A notice says what is held and why, a decision bears a number, and dropping a case has a reason."""

    code = "violation_case_without_words"


class ArticleNotTold(DomainError):
    """The notice named another article, no graver than this one: the candidate was not heard on this. Field: `told`."""

    code = "violation_article_not_told"


class CaseStillHeard(DomainError):
    """Nothing is decided before the candidate has answered or the time to do so is over. Field: `until`."""

    code = "violation_case_still_heard"


class CaseHearingClosed(DomainError):
    """The time to answer is over. Field: `until`."""

    code = "violation_hearing_closed"


class PaperDefenceTooLate(DomainError):
    """A paper counts that came in from the notice on to the last day of the hearing. Fields: `since`, `until`."""

    code = "violation_paper_too_late"


class DefenceStandsAlready(DomainError):
    """The candidate has answered on the page: nobody types over what they wrote."""

    code = "violation_defence_stands"


class SimilarAnswersAlone(DomainError):
    """Similar answers are found between two or more people of one subject. Field: `tickets`, those that are known."""

    code = "similar_answers_alone"


class TicketsUnknown(DomainError):
    """Ticket numbers that nobody on this roster has for this subject. Field: `tickets`."""

    code = "violation_tickets_unknown"


class CaseEnteredTwice(DomainError):
    """These similar answers are being dealt with already. Field: `tickets`."""

    code = "violation_case_entered_twice"


class ServedTooEarly(DomainError):
    """A paper is not served before the day on which it was made, nor on a day to come. Field: `since`."""

    code = "violation_served_too_early"


class DecisionMissing(DomainError):
    """There is no decision in force: none was made yet, or it has been overturned already."""

    code = "violation_decision_missing"


class OverturnedTooEarly(DomainError):
    """A decision is not overturned before the day on which it was made, nor on a day to come. Field: `since`."""

    code = "violation_overturned_too_early"
