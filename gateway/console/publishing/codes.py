"""Which codes lead to a flow, and leading one there or away: never silently away from another flow."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from flows.engine.sms_channel import is_texted
from gateway.console.site.area_blueprints import lifecycle as blueprint
from gateway.console.site.flow_status import flow_in, live_flows_with_codes, live_of
from gateway.console.site.guard import audit_origin, needs, require_reauthentication, sunwai
from gateway.console.site.i18n import _
from sessions.publishing import short_codes


@blueprint.get("/flows/<flow>/codes")
@needs("look")
def codes(flow: str) -> str:
    """The codes that lead to a flow, and those of other flows."""
    return _page(flow)


@blueprint.post("/flows/<flow>/codes")
@needs("publish")
@require_reauthentication
def lead(flow: str) -> Response | str | tuple[str, int]:
    """Lead a code to the flow, or let one of its codes lead nowhere. What others lose by it is asked about first."""
    code = request.form.get("code", "").strip()
    sure = request.form.get("sure") == "yes"
    if request.form.get("away"):
        return _away(flow, request.form["away"], sure)
    if not short_codes.is_code(code):
        wrong = _(
            "Enter a service code such as *8484#, which people dial, or a short code such as 8484, which they text."
        )
        return _page(flow, code=code, wrong=wrong), 422
    try:
        known = short_codes.assign_code(sunwai().database, code, flow, instead=sure, by=audit_origin())
    except short_codes.LeadsElsewhere as now:
        return _page(flow, code=code, elsewhere=now), 409
    except short_codes.MadeForTexts:
        wrong = _("%(code)s is dialled, but %(flow)s only answers texts: give it a short code, without * and #.",
                  code=code, flow=flow)  # fmt: skip
        return _page(flow, code=code, wrong=wrong), 422
    if not known:
        abort(404, _("This flow has not been published yet."))
    sunwai().shelf.refresh()
    flash(_("%(code)s is now connected to %(flow)s.", code=code, flow=flow), "good")
    if not short_codes.is_dialled(code) and not _texted(flow):
        flash(
            _("Whoever texts a new complaint to %(code)s is asked to dial: only an SMS flow takes it.", code=code),
            "warn",
        )
    return redirect(url_for("console.lifecycle.codes", flow=flow), 303)


def _away(flow: str, code: str, sure: bool) -> Response | tuple[str, int]:
    ours = next((each.codes for each in live_flows_with_codes() if each.flow == flow), ())
    if code not in ours:
        return _page(flow, wrong=_("%(code)s is no longer connected to this flow.", code=code)), 409
    if not sure:
        return _page(flow, away=code), 409
    short_codes.unassign_code(sunwai().database, code, audit_origin())
    sunwai().shelf.refresh()
    flash(_("%(code)s is disconnected. Calls in progress continue.", code=code), "good")
    return redirect(url_for("console.lifecycle.codes", flow=flow), 303)


def _texted(flow: str) -> bool:
    found = flow_in(live_of(flow))
    return found is not None and is_texted(found)


def _page(
    flow: str, *, code: str = "", wrong: str = "", away: str = "", elsewhere: short_codes.LeadsElsewhere | None = None
) -> str:
    found = live_flows_with_codes()
    ours = next((each for each in found if each.flow == flow), None)
    if ours is None:
        abort(404, _("This flow has not been published yet: a code can only be connected to a published flow."))
    settings = sunwai().settings
    texted = _texted(flow)
    taken = {each for one in found for each in one.codes}
    usual = settings.short_code if texted else settings.service_code
    return render_template(
        "console/lifecycle/codes.html",
        flow=flow,
        flow_name=flow,
        tab="codes",
        ours=ours,
        others=[each for each in found if each.flow != flow and each.codes],
        texted=texted,
        usual=usual if usual not in taken else "",
        code=code,
        wrong=wrong,
        away=away,
        elsewhere=elsewhere,
    )
