"""Who may do what of the kernel's own: send files, and mind the machine room."""

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, signed_in


def runs_the_platform(actor: Actor, target: Placed | None) -> bool:
    """Administer the platform over a whole tree of areas: the machine room serves all of it."""
    return actor.system or any(
        grant.role is Role.PLATFORM_ADMINISTRATOR
        and grant.area_path is not None
        and grant.area_path.count("/") == 1
        for grant in actor.grants
    )


_RUNNING = Rule(may=runs_the_platform, sees=runs_the_platform)

AUTHORITY: Authority = {
    "createUpload": Rule(may=signed_in),
    "completeUpload": Rule(may=signed_in),
    "pauseJob": _RUNNING,
    "resumeJob": _RUNNING,
    "runJobNow": _RUNNING,
    "replayOutboxEvent": _RUNNING,
    "retryParkedEvent": _RUNNING,
    "dismissParkedEvent": _RUNNING,
}
