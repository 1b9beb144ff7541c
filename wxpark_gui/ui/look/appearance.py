"""Colours, language and text size in force."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

from wxpark_gui.domain.settings import LARGEST_SCALE, SMALLEST_SCALE, Settings
from wxpark_gui.ui.look.theme import (
    BODY_POINTS,
    DARK,
    FAMILIES,
    LIGHT,
    Theme,
    has_bold_face,
    palette,
    style_sheet,
)
from wxpark_gui.wording import Wording

_THEMES = {"light": LIGHT, "dark": DARK}

SCALES = tuple(range(SMALLEST_SCALE, LARGEST_SCALE + 1, 25))
"""The text sizes offered, in percent."""

_TRANSLATOR = "qtTranslator"
"""Property of the application: the translator of Qt's own texts."""


class Appearance(QObject):
    """Colours, fonts and language for all widgets; the program has one instance.

    It also sets palette, font, style sheet and Qt's own translations of the application, so that
    Qt's own dialogs match.

    Args:
        language: used instead of the settings' language until the settings change to another one;
            None uses that of the settings.

    Signals:
        changed(): colours, language or text size changed; widgets must update their contents.
    """

    changed = Signal()

    def __init__(self, settings: Settings, language: str | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._language = language or settings.appearance.language
        self._wording = Wording.for_language(self._language)
        hints = QGuiApplication.styleHints()
        self._system_is_dark = hints.colorScheme() is Qt.ColorScheme.Dark
        self._theme = self._theme_named(settings.appearance.theme)
        self._fonts: dict[tuple[float, bool], QFont] = {}
        self._apply()
        hints.colorSchemeChanged.connect(self._on_system_changed)

    @property
    def wording(self) -> Wording:
        return self._wording

    @property
    def theme(self) -> Theme:
        return self._theme

    @property
    def scale(self) -> float:
        """Factor for font sizes and lengths, 1.0 to 2.0."""
        return self._settings.appearance.font_scale / 100

    @property
    def language(self) -> str:
        """Code of the language in use, such as `zh_CN`; `--lang` overrides the settings."""
        return self._language

    def font(self, points: float, *, bold: bool = False) -> QFont:
        """Return the window's font, with a size of `points` times `scale`, as the caller's own.

        `bold` is ignored if the family has no bold face: synthesised bold makes 粤 unreadable.
        """
        made = self._fonts.get((points, bold))
        if made is None:
            made = self._fonts[points, bold] = self._make_font(points, bold=bold)
        return QFont(made)

    def length(self, pixels: float) -> int:
        """Return `pixels` times `scale`, rounded, for a length that grows with the text."""
        return round(pixels * self.scale)

    def refresh(self) -> None:
        """Emit `changed`, so that pictures are drawn for another number of pixels per point."""
        self.changed.emit()

    @Slot(object)
    def follow(self, settings: Settings) -> None:
        """Apply the appearance of `settings`. Emit `changed` if theme, language or size differ."""
        before, self._settings = self._settings, settings
        chosen, was = settings.appearance, before.appearance
        language = chosen.language if chosen.language != was.language else self._language
        theme = self._theme_named(chosen.theme)
        if (language, theme, chosen.font_scale) == (self._language, self._theme, was.font_scale):
            return
        if language != self._language:
            self._language = language
            self._wording = Wording.for_language(language)
        self._theme = theme
        self._apply()
        self.changed.emit()

    @Slot(Qt.ColorScheme)
    def _on_system_changed(self, scheme: Qt.ColorScheme) -> None:
        """Apply the desktop's change to light or dark, if the theme of the settings is `system`."""
        self._system_is_dark = scheme is Qt.ColorScheme.Dark
        self.follow(self._settings)

    def _make_font(self, points: float, *, bold: bool) -> QFont:
        result = QFont()
        result.setFamilies(list(FAMILIES))
        result.setPointSizeF(points * self.scale)
        result.setBold(bold and has_bold_face(result))
        return result

    def _apply(self) -> None:
        """Set palette, font, style sheet and translator of the application."""
        self._fonts.clear()
        QApplication.setPalette(palette(self._theme.surfaces))
        QApplication.setFont(self.font(BODY_POINTS))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            sheet = style_sheet(self._theme.surfaces, BODY_POINTS * self.scale)
            # Setting the same style sheet again would restyle every widget.
            if sheet != application.styleSheet():
                application.setStyleSheet(sheet)
            self._translate(application)

    def _translate(self, application: QApplication) -> None:
        """Install Qt's own translations, for context menus and message boxes."""
        # `findChildren` would find the former one too, but make the enumerations of `QStyle`: 9 ms.
        former = application.property(_TRANSLATOR)
        if former is not None:
            application.removeTranslator(former)
            former.deleteLater()
        translator = QTranslator(application)
        application.setProperty(_TRANSLATOR, translator)
        locale = QLocale(self._language)
        QLocale.setDefault(locale)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        # Qt's own texts are English, so without a catalogue they stay English.
        if translator.load(locale, "qtbase", "_", folder):
            application.installTranslator(translator)

    def _theme_named(self, name: str) -> Theme:
        """Return the theme for a name of `domain.settings.THEMES`; `system` follows the desktop."""
        return _THEMES.get(name, DARK if self._system_is_dark else LIGHT)
