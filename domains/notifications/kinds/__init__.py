"""Every kind of notice, by its code: one module a domain that notices speak of."""
