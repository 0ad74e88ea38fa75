import doctest
import importlib
import pkgutil
import unittest

from odoo.addons.customer_service_stages import tools


class TestDoctests(unittest.TestCase):
    def test_every_tool(self):
        names = [module.name for module in pkgutil.iter_modules(tools.__path__)]
        self.assertIn("journey_moves", names)
        for name in names:
            with self.subTest(name):
                module = importlib.import_module(f"{tools.__name__}.{name}")
                results = doctest.testmod(module)
                self.assertGreater(results.attempted, 0)
                self.assertEqual(results.failed, 0)
