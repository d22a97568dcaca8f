"""What members offers the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Attachments, Dataset, Job, LongWork, Module, Nav, Notice, Personal, Text
from hall.members import actions, demo, queries
from hall.members.actions import roster as roster_actions
from hall.members.queries import desk

DUTY = _("Party rules on education and management of members (EDU19)")
COLLECTION = _("national collection form of members (§8.1)")
RIGHTS = _("rights of the person (PIPL Arts. 44–50)")
WHILE_HERE = _("while the relation stands here, then as the archive rules say")
SIX_YEARS = _("three years after the look or request")


def member(field: str, purpose: Text, level: str = "L3", basis: Text = COLLECTION) -> Personal:
    return Personal(f"Member.{field}", purpose, basis, level, WHILE_HERE)


module = Module(
    name="members",
    demo=demo.furnish,
    title=_("Members"),
    needs=("organisations", "accounts", "papers", "notices", "files"),
    nav=(Nav("members:members", _("Members"), needs="members.view", icon="users", order=20),),
    permissions={
        "members.view": _("See the roster and the records of members, masked"),
        "members.reveal": _("See sealed numbers of one person, with a reason"),
        "members.change": _("Enrol members, change their records, answer corrections"),
        "members.import": _("Import a roster, open accounts for members"),
        "members.export": _("Take the roster out of the hall, masked, with a reason"),
        "members.merge": _("Join two records of one person"),
        "members.float": _("Register members as away and back"),
        "members.own": _("See, copy and have corrected what is one's own (everybody)"),
    },
    listens={"organisations.organisation.ended": actions.keep_homes},
    facts={
        "members.member.enrolled": _("Person enrolled"),
        "members.member.changed": _("Record changed"),
        "members.member.placed": _("Relation moved inside the college"),
        "members.member.departed": _("Person left"),
        "members.member.merged": _("Record joined with another"),
        "members.member.split": _("Joined records separated"),
        "members.record.dropped": _("Record given up for another"),
        "members.record.restored": _("Record restored"),
        "members.membership.stopped": _("Membership stopped"),
        "members.membership.restored": _("Membership restored"),
        "members.contact.lost": _("Out of contact"),
        "members.absence.begun": _("Away"),
        "members.absence.ended": _("Back"),
        "members.data.revealed": _("Sealed data shown"),
        "members.data.copied": _("Own data copied"),
        "members.correction.asked": _("Correction asked for"),
        "members.correction.answered": _("Correction answered"),
        "members.roster.exported": _("Roster exported"),
        "members.roster.read": _("Roster read and compared"),
        "members.roster.confirmed": _("Doubtful rows of a roster confirmed"),
        "members.roster.applied": _("Roster applied"),
        "members.roster.rolled_back": _("Roster taken back"),
        "members.roster.dropped": _("Roster dropped"),
        "members.roster.forgotten": _("Sheet of an old import erased"),
        "members.member.withdrawn": _("Enrolment taken back"),
        "members.account.linked": _("Account opened for the person"),
    },
    notices=(
        Notice("members.data.revealed", desk.the_person, "members/notices/revealed"),
        Notice("members.member.placed", desk.the_person, "members/notices/placed"),
        Notice("members.correction.answered", desk.who_asked, "members/notices/answered"),
        Notice("members.correction.asked", desk.who_answers, "members/notices/asked"),
    ),
    jobs=(Job("members.forget_rosters", _("Erase the sheets of old imports"), roster_actions.forget_rosters),),
    long_works=(LongWork("members.apply_roster", _("Apply a roster"), roster_actions.run_roster),),
    datasets=(Dataset("members.roster", _("Roster"), queries.roster, {name: name for name in desk.ROSTER}),),
    attachments=(
        Attachments(
            "members.correction",
            _("Proofs"),
            queries.sees_correction,
            most=3,
            kinds=("pdf", "jpeg", "png", "docx", "xlsx", "text"),
        ),
    ),
    privacy=(
        member("name", _("say who is meant")),
        member("name_key", _("find and sort by name"), "L2", DUTY),
        member("pinyin", _("find and sort by name"), "L2", DUTY),
        member("initials", _("find by initials"), "L2", DUTY),
        member("campus_no", _("tell people of the same name apart; sign in")),
        member("id_no", _("tell people apart; letters and proofs of membership")),
        member("id_no_index", _("find a person by the whole number without opening it"), "L3", DUTY),
        member("phone", _("reach the member; introduction letters")),
        member("phone_index", _("find records of one person"), "L3", DUTY),
        member("landline", _("reach the member")),
        member("address", _("reach the member; optional")),
        member("sex", _("yearly statistics; letters")),
        member("ethnicity", _("yearly statistics; letters")),
        member("birth_date", _("age on application; yearly statistics")),
        member("education", _("yearly statistics")),
        member("degree", _("yearly statistics"), "L3", DUTY),
        member("native_place", _("file of the member"), "L3", DUTY),
        member("standing", _("rights and duties of the member")),
        member("state", _("rights and duties of the member")),
        member("joined_on", _("Party standing; dues")),
        member("full_on", _("Party standing; voting right")),
        member("identity", _("assign the branch; dues")),
        member("job", _("yearly statistics")),
        member("party_post", _("say who to turn to"), "L2"),
        member("organisation", _("one formal relation (ORG-15)"), "L3", DUTY),
        member("arrived_on", _("when the relation came here; dues"), "L3", DUTY),
        member("dues_paid_to", _("do not ask for dues twice"), "L3", DUTY),
        member("departed_on", _("when the relation ended"), "L3", DUTY),
        member("departure", _("how the relation ended"), "L3", DUTY),
        member("lost_since", _("try to reach the member in time (LOST-01)")),
        member("stopped_on", _("two-year review (LOST-01)"), "L3", DUTY),
        Personal("Absence.kind", _("care for floating members (FLT-01)"), DUTY, "L3", WHILE_HERE),
        Personal("Absence.place", _("care for floating members (FLT-01)"), DUTY, "L3", WHILE_HERE),
        Personal("Absence.host", _("agree with the host organisation (FLT-02)"), DUTY, "L3", WHILE_HERE),
        Personal("Absence.host_contact", _("agree with the host organisation (FLT-02)"), DUTY, "L3", WHILE_HERE),
        Personal("Look.by", _("let the person see who looked"), RIGHTS, "L3", SIX_YEARS),
        Personal("Look.fields", _("let the person see who looked"), RIGHTS, "L3", SIX_YEARS),
        Personal("Look.reason", _("let the person see who looked"), RIGHTS, "L3", SIX_YEARS),
        Personal("Correction.wanted", _("correct what is wrong"), RIGHTS, "L3", SIX_YEARS),
        Personal("Correction.why", _("correct what is wrong"), RIGHTS, "L3", SIX_YEARS),
        Personal("Correction.answer", _("give the reasons"), RIGHTS, "L3", SIX_YEARS),
        Personal(
            "RosterPreview.table",
            _("compare a roster before anything is written"),
            DUTY,
            "L3",
            _("until it is applied or dropped"),
        ),
        Personal("RosterPreview.file_name", _("tell previews apart"), DUTY, "L2", _("until it is applied or dropped")),
        Personal(
            "RosterRow.values",
            _("compare a roster before anything is written"),
            DUTY,
            "L3",
            _("until it is applied or dropped"),
        ),
        Personal("RosterRow.before", _("roll back an import"), DUTY, "L3", _("30 days after the import")),
        Personal(
            "RosterRow.problems", _("say what is wrong in which row"), DUTY, "L3", _("until it is applied or dropped")
        ),
    ),
    not_personal=(
        "Correction.field",
        "Correction.state",
        "RosterPreview.mapping",
        "RosterPreview.notes",
        "RosterPreview.proposals",
        "RosterPreview.counts",
        "RosterPreview.fingerprint",
        "RosterPreview.state",
        "RosterRow.state",
    ),
    tasks=queries.tasks_for,
    cards=queries.cards_for,
    search=queries.hits,
)
