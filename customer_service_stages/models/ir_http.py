from werkzeug.exceptions import BadRequest, abort

from odoo import models
from odoo.http import Response, request


class IrHttp(models.AbstractModel):
    """Routes that strangers reach, kept from what makes Odoo stumble.

    Odoo answers a parameter called `self`, and a token against cross-site requests that
    is no plain text, with an internal error; so does its website, with any page at all,
    where the address has dots for a name. Routes with `is_guarded` refuse them.
    """

    _inherit = "ir.http"

    @classmethod
    def _pre_dispatch(cls, rule, args):
        result = super()._pre_dispatch(rule, args)
        if rule.endpoint.routing.get("is_guarded"):
            if {".", ".."}.intersection(request.httprequest.path.split("/")):
                abort(Response(status=404))
            params = request.get_http_params()
            token = params.get("csrf_token", "")
            if "self" in params or not (isinstance(token, str) and token.isascii()):
                raise BadRequest()
        return result
