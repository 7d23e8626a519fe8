"""Who may do what of the kernel's own: send files."""

from domains.kernel.actor import Authority, Rule, signed_in

AUTHORITY: Authority = {
    "createUpload": Rule(may=signed_in),
    "completeUpload": Rule(may=signed_in),
}
