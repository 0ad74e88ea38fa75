"""The wheel installs next to Odoo's and OCA's, and Odoo finds the addon."""

import configparser
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

from odoo.modules.module import Manifest

from dev import wheel
from dev.paths import ADDON, ROOT


class TestPackaging(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        wheel.build()
        [cls.wheel] = wheel.DIST.glob("*.whl")

    @classmethod
    def _pip(cls, *arguments):
        command = [sys.executable, "-m", "pip", *map(str, arguments)]
        options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
        subprocess.run([*command, *options], check=True, cwd=cls.folder)

    def test_everything_is_in_the_wheel(self):
        names = set(zipfile.ZipFile(self.wheel).namelist())
        for path in ADDON.rglob("*"):
            if path.is_file() and path.suffix != ".pyc":
                self.assertIn(f"odoo/addons/{path.relative_to(ROOT)}", names)
        self.assertNotIn("odoo/__init__.py", names)
        self.assertNotIn("odoo/addons/__init__.py", names)

    def test_name_version_and_dependencies(self):
        setup = configparser.ConfigParser()
        setup.read(ROOT / "setup.cfg")
        manifest = Manifest.for_addon("customer_service_stages")
        self.assertTrue(
            self.wheel.name.startswith(
                f"odoo_addon_customer_service_stages-{manifest['version']}-"
            )
        )
        self.assertEqual(setup["metadata"]["version"], manifest["version"])

    def test_odoo_finds_it(self):
        """In another process, with no addons path to our sources."""
        target = self.folder / "installed"
        self._pip("install", "--target", target, self.wheel)
        script = (
            "import odoo.addons, sys\n"
            "odoo.addons.__path__.append(sys.argv[1] + '/odoo/addons')\n"
            "from odoo.modules.module import Manifest\n"
            "print(Manifest.for_addon('customer_service_stages').path)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(target)],
            capture_output=True,
            encoding="utf-8",
            cwd=self.folder,
            check=True,
        )
        self.assertIn(str(target), done.stdout)
