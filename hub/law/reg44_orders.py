"""What a Tribunal order asks, or not opposing an appeal, each with its times (SEND Regs 2014 regs 44, 45).

Of some duties one alone is to be done: after an ordered assessment either no plan is made and that is notified, or the
plan is sent. When one is met, the other ends.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hub.law.duties import DutyRule
from hub.law.term import Term, means


class AppealedMatter(Term):
    """What an order is, or what an unopposed appeal is about."""

    ASSESS = means("To make an EHC needs assessment or a re-assessment (regs 44(2)(b), 45(3), (3A)).")
    MAKE_PLAN = means("To make and maintain an EHC plan (regs 44(2)(c), 45(6)).")
    RECONSIDER = means("To reconsider the decision; by order alone (reg. 44(2)(d)).")
    AMEND_PROVISION = means("To amend the provision that a plan specifies (regs 44(2)(e), 45(4)).")
    AMEND_PLACEMENT = means("To amend the institution that a plan names (regs 44(2)(f), 45(5)).")
    CONTINUE_AND_AMEND = means("To go on maintaining a plan, with amendments (regs 44(2)(h), 45(6A)).")
    DISMISSED = means("Nothing: the appeal was dismissed.")


_M, _D = AppealedMatter, DutyRule
ORDERED: Mapping[AppealedMatter, tuple[DutyRule, ...]] = MappingProxyType(
    {
        _M.ASSESS: (
            _D.ORDERED_NOTIFY_ASSESSMENT,
            _D.ORDERED_NOTIFY_NO_PLAN,
            _D.ORDERED_FINALISE_AFTER_ASSESSMENT,
        ),
        _M.MAKE_PLAN: (_D.ORDERED_DRAFT_PLAN, _D.ORDERED_FINALISE_PLAN),
        _M.RECONSIDER: (_D.ORDERED_RECONSIDER,),
        _M.AMEND_PROVISION: (_D.ORDERED_AMEND_PROVISION,),
        _M.AMEND_PLACEMENT: (_D.ORDERED_AMEND_PLACEMENT,),
        _M.CONTINUE_AND_AMEND: (_D.ORDERED_CONTINUE_AND_AMEND,),
        _M.DISMISSED: (),
    }
)
"""The duties that an order starts, counted from its day (reg. 44(2))."""

NOT_OPPOSED: Mapping[AppealedMatter, tuple[DutyRule, ...]] = MappingProxyType(
    {
        _M.ASSESS: (
            _D.UNOPPOSED_NOTIFY_ASSESSMENT,
            _D.UNOPPOSED_NOTIFY_NO_PLAN,
            _D.UNOPPOSED_FINALISE_AFTER_ASSESSMENT,
        ),
        _M.MAKE_PLAN: (_D.UNOPPOSED_DRAFT_PLAN, _D.UNOPPOSED_FINALISE_PLAN),
        _M.AMEND_PROVISION: (_D.UNOPPOSED_AMEND_PROVISION,),
        _M.AMEND_PLACEMENT: (_D.UNOPPOSED_AMEND_PLACEMENT,),
        _M.CONTINUE_AND_AMEND: (_D.UNOPPOSED_CONTINUE_AND_AMEND,),
    }
)
"""The duties that start when the authority tells the Tribunal that it does not oppose (reg. 45)."""

INSTEAD: Mapping[DutyRule, DutyRule] = MappingProxyType(
    {
        _D.ORDERED_NOTIFY_NO_PLAN: _D.ORDERED_FINALISE_AFTER_ASSESSMENT,
        _D.ORDERED_FINALISE_AFTER_ASSESSMENT: _D.ORDERED_NOTIFY_NO_PLAN,
        _D.UNOPPOSED_NOTIFY_NO_PLAN: _D.UNOPPOSED_FINALISE_AFTER_ASSESSMENT,
        _D.UNOPPOSED_FINALISE_AFTER_ASSESSMENT: _D.UNOPPOSED_NOTIFY_NO_PLAN,
    }
)
"""The duty that falls away when this one is met (regs 44(2)(b), 45(3A))."""
