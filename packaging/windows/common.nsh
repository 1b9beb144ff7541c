; What the installer and the uninstaller share.

; Exit codes. NSIS itself gives 0 (done), 1 (cancelled by hand) and 2 (a file could not be written).
!define EXIT_FAILED 2         ; files could not be replaced or removed; what was there still is
!define EXIT_RUNNING 3        ; the program runs, or the data to delete are in use
!define EXIT_NEWER 4          ; a newer version is installed
!define EXIT_ADMINISTRATOR 5  ; it is, or shall be, installed for everybody
!define EXIT_WINDOWS 6        ; not 64-bit Windows 10 or newer
!define EXIT_SWITCH 7         ; a wrong value, or a folder that does not fit
!define EXIT_BUSY 8           ; another set-up is at work

!define ALREADY_EXISTS 183
!define ATTEMPTS 20
!define PAUSE_MS 250

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${APPLICATION_ID}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define APP_PATHS_KEY "Software\Microsoft\Windows\CurrentVersion\App Paths"

Var Parameters  ; the command line without the program
Var IsAdmin     ; 1 when this process may change the machine
Var IsDone      ; 1 when a step that may fail went well

; End with an exit code; say why, unless silent.
!macro Stop CODE TEXT
  SetErrorLevel ${CODE}
  MessageBox MB_OK|MB_ICONSTOP "${TEXT}" /SD IDOK
  Quit
!macroend
!define Stop "!insertmacro Stop"

; Run a function of the side that is being compiled.
!macro CallHere FUNCTION
  !ifdef __UNINSTALL__
    Call un.${FUNCTION}
  !else
    Call ${FUNCTION}
  !endif
!macroend
!define CallHere "!insertmacro CallHere"

; Rename a folder; $IsDone says whether it went well.
!macro Move FROM TO
  Push "${FROM}"
  Push "${TO}"
  ${CallHere} Move
!macroend
!define Move "!insertmacro Move"

; Note in $R0 a program that cannot be opened for writing: it runs, or something else holds it.
!macro FindHeld FILE
  ${If} ${FileExists} "${FILE}"
    ClearErrors
    FileOpen $R1 "${FILE}" a
    ${If} ${Errors}
      StrCpy $R0 "${FILE}"
    ${Else}
      FileClose $R1
    ${EndIf}
  ${EndIf}
!macroend

!macro DefineShared UN

; Learn who is there and what was asked for. Changes nothing.
Function ${UN}Begin
  SetRegView 64
  ${GetParameters} $Parameters
  Call ${UN}ChooseLanguage
  UserInfo::GetAccountType
  Pop $R0
  StrCpy $IsAdmin 0
  ${If} $R0 == "Admin"
    StrCpy $IsAdmin 1
  ${EndIf}
FunctionEnd

; Windows' own language is taken when it is Chinese, else English. /LANG= overrides from the first page
; on: what is said before it is in Windows' language.
Function ${UN}ChooseLanguage
  ClearErrors
  ${GetOptions} $Parameters "/LANG=" $R0
  ${If} ${Errors}
    Return
  ${EndIf}
  ${Switch} $R0
    ${Case} "zh_CN"
      StrCpy $LANGUAGE ${LANG_SIMPCHINESE}
      ${Break}
    ${Case} "en"
      StrCpy $LANGUAGE ${LANG_ENGLISH}
      ${Break}
    ${Default}
      ${Stop} ${EXIT_SWITCH} "$(WrongSwitch)"
  ${EndSwitch}
FunctionEnd

; Start $R0 with the arguments in $R1 as an administrator, and make room for it.
Function ${UN}Elevate
  ClearErrors
  ${GetOptions} $Parameters "/Elevated" $R2
  ${IfNot} ${Errors}  ; this is the second try already
  ${OrIf} ${Silent}
    ${Stop} ${EXIT_ADMINISTRATOR} "$(NeedsAdministrator)"
  ${EndIf}
  ClearErrors
  ExecShell "runas" "$R0" "/Elevated $R1"
  ${If} ${Errors}
    ${Stop} ${EXIT_ADMINISTRATOR} "$(NeedsAdministrator)"
  ${EndIf}
  Quit
FunctionEnd

; Two at the same time would write into the same folders. Held until this process ends.
Function ${UN}TakeTurn
  System::Call 'kernel32::CreateMutex(p 0, i 0, t "Global\${APPLICATION_ID}.setup") p .R0 ?e'
  Pop $R1
  ${If} $R0 P= 0
  ${OrIf} $R1 = ${ALREADY_EXISTS}
    ${Stop} ${EXIT_BUSY} "$(IsBusy)"
  ${EndIf}
FunctionEnd

; Go on only when neither program runs, whoever started it. Called before anything is changed.
Function ${UN}WaitUntilClosed
  ${Do}
    StrCpy $R0 ""
    !insertmacro FindHeld "$INSTDIR\program\wxpark-gui.exe"
    !insertmacro FindHeld "$INSTDIR\program\wxpark.exe"
    ${If} $R0 == ""
      Return
    ${EndIf}
    ${If} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(IsRunning)" /SD IDCANCEL IDCANCEL`
      RMDir /r "$INSTDIR\program.new"
      SetErrorLevel ${EXIT_RUNNING}
      Quit
    ${EndIf}
  ${Loop}
FunctionEnd

; Virus scanners hold new files for a moment, so it is tried more than once.
Function ${UN}Move
  Exch $R1
  Exch
  Exch $R0
  StrCpy $IsDone 0
  ${ForEach} $R2 1 ${ATTEMPTS} + 1
    ClearErrors
    Rename "$R0" "$R1"
    ${IfNot} ${Errors}
      StrCpy $IsDone 1
      ${Break}
    ${EndIf}
    Sleep ${PAUSE_MS}
  ${Next}
  Pop $R0
  Pop $R1
FunctionEnd

; The entries of the start menu, and the icon on the desktop where there is one.
Function ${UN}RemoveLinks
  Delete "$SMPROGRAMS\wxpark\*.lnk"
  RMDir "$SMPROGRAMS\wxpark"
  ReadRegStr $R0 SHCTX "${UNINSTALL_KEY}" "DesktopIcon"
  ${If} $R0 != ""
    Delete "$R0"
    DeleteRegValue SHCTX "${UNINSTALL_KEY}" "DesktopIcon"
  ${EndIf}
FunctionEnd

!macroend
