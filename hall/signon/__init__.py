"""Sign-on by the campus (统一身份认证): CAS, OpenID Connect, WeCom and DingTalk vouch for who somebody is; the hall decides the rest."""
