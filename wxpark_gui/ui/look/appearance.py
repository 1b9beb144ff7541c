"""Colours, language and text size in force."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTranslator, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

from wxpark_gui.domain.settings import Settings
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


class Appearance(QObject):
    """One for the whole program. Every part reads it when it shows something.

    Colours and fonts are the application's as well as the parts': a dialog that Qt makes looks and
    speaks like the rest.

    Args:
        language: holds until another one is chosen in the settings; None takes that of the
            settings.

    Signals:
        changed(): a part renews whatever it has shown already.
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
        """Factor of text and of what must hold it, 1.0 to 2.0."""
        return self._settings.appearance.font_scale / 100

    @property
    def language(self) -> str:
        """The language in use; `--lang` may differ from the settings."""
        return self._language

    def font(self, points: float, *, bold: bool = False) -> QFont:
        """A font of the window's family; `points` as drawn, before scaling.

        A family without a bold face stays regular: synthesised bold fills in 粤.
        """
        result = QFont()
        result.setFamilies(list(FAMILIES))
        result.setPointSizeF(points * self.scale)
        result.setBold(bold and has_bold_face(result))
        return result

    def length(self, pixels: float) -> int:
        """A length that grows with the text; `pixels` as drawn, before scaling."""
        return round(pixels * self.scale)

    @Slot(object)
    def follow(self, settings: Settings) -> None:
        """Apply the appearance settings."""
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
        """Follow the desktop's change between light and dark, where the setting says so."""
        self._system_is_dark = scheme is Qt.ColorScheme.Dark
        self.follow(self._settings)

    def _apply(self) -> None:
        """Set palette, font, style sheet and translator of the application."""
        QApplication.setPalette(palette(self._theme.surfaces))
        QApplication.setFont(self.font(BODY_POINTS))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setStyleSheet(style_sheet(self._theme.surfaces, BODY_POINTS * self.scale))
            self._translate(application)

    def _translate(self, application: QApplication) -> None:
        """Install Qt's own translations, for context menus and message boxes."""
        # The translator belongs to the application, as the palette and the font do.
        for former in application.findChildren(QTranslator):
            application.removeTranslator(former)
            former.deleteLater()
        locale = QLocale(self._language)
        QLocale.setDefault(locale)
        translator = QTranslator(application)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        # English has no catalogue of its own: it is what Qt says untranslated.
        if translator.load(locale, "qtbase", "_", folder):
            application.installTranslator(translator)

    def _theme_named(self, name: str) -> Theme:
        """One of `domain.settings.THEMES`; the system's own choice where none is named."""
        return _THEMES.get(name, DARK if self._system_is_dark else LIGHT)
