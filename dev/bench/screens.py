"""What the web client asks for when somebody opens a view."""

from lxml import etree

PAGE = 80


def view(env, model_name, kind):
    """Return a view's root element and what is known of its fields."""
    views = env[model_name].get_views([(False, kind)], {"toolbar": False})
    arch = etree.fromstring(views["views"][kind]["arch"])
    return arch, views["models"][model_name]["fields"]


def specification(arch, fields):
    """Return what the web client reads of each record of a view."""
    found = {}
    for node in arch.iter("field"):
        name = node.get("name")
        if any(True for _ in node.iterancestors("field")) or name not in fields:
            continue
        found[name] = {}
        if fields[name]["type"] == "many2one":
            found[name]["fields"] = {"display_name": {}}
        elif node.get("widget", "").startswith("many2many"):
            found[name]["fields"] = {"display_name": {}, "color": {}}
    return found


def kanban(env, model_name):
    """Return a function that opens the board of a model."""
    arch, fields = view(env, model_name, "kanban")
    bar = arch.find("progressbar")
    progress = (
        {
            "field": bar.get("field"),
            "colors": dict.fromkeys(("planned", "today", "overdue"), "success"),
        }
        if bar is not None
        else None
    )

    def load(model, domain):
        model.with_context(read_group_expand=True).web_read_group(
            domain,
            ["stage_id"],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=specification(arch, fields),
            unfold_read_default_limit=PAGE,
        )
        if progress:
            model.read_progress_bar(domain, "stage_id", progress)

    return load


def listing(env, model_name):
    """Return a function that opens the list of a model."""
    arch, fields = view(env, model_name, "list")

    def load(model, domain):
        model.web_search_read(
            domain, specification(arch, fields), limit=PAGE, count_limit=10_001
        )

    return load
