; The set-up program for Windows. packaging/windows_installer.py compiles it and gives it
; APPLICATION_ID, PUBLISHER, VERSION, SIZE_KIB, PAYLOAD, ICON, SIDEBAR, OUTPUT, where it is signed SIGN_COMMAND, and for Wine TARGET.
;
; In the folder that is installed into, only `program` and `uninstall.exe` are ours. A version is
; unpacked to `program.new` and takes the place of `program` by renaming: the old one is whole until
; the new one is, and nothing of the old one is left beside it.
;
;   /S                        no window; the exit code tells (common.nsh has the list)
;   /CurrentUser /AllUsers    for whom; an upgrade stays where the program is
;   /AUTOSTART=0|1            open at logon; an upgrade keeps what was chosen
;   /DESKTOP=0|1              icon on the desktop; likewise
;   /LANG=zh_CN|en            instead of Windows' language
;   /D=FOLDER                 where to; the last one, without quotes
;
; NSIS's own MultiUser.nsh is not used: it opens a message box in a silent set-up, forgets /D, and an
; uninstaller cannot tell with it which of two installations it belongs to.

!ifdef TARGET
  Target ${TARGET}          ; Wine without 32-bit libraries runs 64-bit programs only
!else
  Unicode true
!endif
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user  ; an administrator is asked for only where one is needed
SetCompressor /SOLID /FINAL lzma
SetCompressorDictSize 64
SetDateSave off             ; the time of a build is not part of it
AllowSkipFiles off          ; a file that cannot be written ends it, silent or not

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"
!include "Sections.nsh"
!include "WinVer.nsh"
!include "WordFunc.nsh"
!include "x64.nsh"
!include "common.nsh"

!define DEFAULT_FOLDER "$PROGRAMFILES64\wxpark"
!define USER_FOLDER "$LOCALAPPDATA\Programs\wxpark"

Name "$(Product)"
OutFile "${OUTPUT}"
InstallDir "${DEFAULT_FOLDER}"  ; browsing appends its last part; ChooseFolder has the last word
BrandingText "wxpark ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

!ifdef SIGN_COMMAND
  !uninstfinalize '${SIGN_COMMAND} "%1"'
!endif

Var Scope           ; `user` or `machine`
Var IsScopeSettled  ; 1 when there is nothing to ask
Var UserFolder      ; where it is installed for this user, or empty
Var MachineFolder   ; where it is installed for everybody, or empty
Var Installed       ; the one of them that is renewed, or empty
Var GivenFolder     ; from /D, or empty
Var IsFolderFree    ; 0 when someone else has a folder `program` there
Var UserButton

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDEBAR}"
!define MUI_COMPONENTSPAGE_SMALLDESC
!define MUI_FINISHPAGE_RUN "$INSTDIR\program\wxpark-gui.exe"

Page custom ShowScope LeaveScope
!insertmacro MUI_PAGE_COMPONENTS
!define MUI_PAGE_CUSTOMFUNCTION_PRE SkipFolder
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE LeaveFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_PAGE_CUSTOMFUNCTION_SHOW ShowFinish
!insertmacro MUI_PAGE_FINISH

UninstPage custom un.ShowRemoval un.LeaveRemoval
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"  ; the first is taken where Windows speaks neither
!insertmacro MUI_LANGUAGE "SimpChinese"
!include "texts.nsh"

!macro Describe LANGUAGE DESCRIPTION
  VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "wxpark"
  VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "${DESCRIPTION}"
  VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "${PUBLISHER}"
  VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "${PUBLISHER}, MIT"
  VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
  VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
!macroend
VIProductVersion "${VERSION}.0"
VIFileVersion "${VERSION}.0"
!insertmacro Describe ${LANG_ENGLISH} "Set-up of wxpark Parking entry"
!insertmacro Describe ${LANG_SIMPCHINESE} "wxpark 停车入场 安装程序"

!insertmacro DefineShared ""
!insertmacro DefineShared "un."

Section "$(PartProgram)" PartProgram
  SectionIn RO
  AddSize ${SIZE_KIB}
  Call TakeTurn
  Call CheckFolder
  ${If} $IsFolderFree = 0
    ${Stop} ${EXIT_SWITCH} "$(FolderTaken)"
  ${EndIf}
  Call WaitUntilClosed
  Call ClearLeftovers
  Call Unpack
  Call WaitUntilClosed
  Call Replace
  Call AddLinks
  Call Register
SectionEnd

Section /o "$(PartDesktop)" PartDesktop
  CreateShortcut "$DESKTOP\$(LinkWindow).lnk" "$INSTDIR\program\wxpark-gui.exe"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DesktopIcon" "$DESKTOP\$(LinkWindow).lnk"
SectionEnd

Section /o "$(PartAutostart)" PartAutostart
  WriteRegStr SHCTX "${RUN_KEY}" "wxpark-gui" '"$INSTDIR\program\wxpark-gui.exe"'
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${PartProgram} "$(PartProgramHelp)"
  !insertmacro MUI_DESCRIPTION_TEXT ${PartDesktop} "$(PartDesktopHelp)"
  !insertmacro MUI_DESCRIPTION_TEXT ${PartAutostart} "$(PartAutostartHelp)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; ---- Before the first page: what can be, what is there, what is wanted

Function .onInit
  Call Begin
  Call CheckWindows
  Call RefuseOlder
  Call ChooseScope
  StrCpy $GivenFolder ""
  ${If} $INSTDIR != "${DEFAULT_FOLDER}"
    StrCpy $GivenFolder $INSTDIR
  ${EndIf}
  ${If} $IsScopeSettled = 1
  ${OrIf} ${Silent}
    Call UseScope
  ${EndIf}
FunctionEnd

; Windows 11 on ARM runs 64-bit programs for Intel, Windows 10 on ARM does not.
Function CheckWindows
  ${If} ${AtLeastWin10}
    ${If} ${IsNativeARM64}
    ${AndIf} ${AtLeastBuild} 22000
    ${OrIf} ${IsNativeAMD64}
      Return
    ${EndIf}
  ${EndIf}
  ${Stop} ${EXIT_WINDOWS} "$(WrongWindows)"
FunctionEnd

; An older program must not meet the data of a newer one, whichever way that was installed.
Function RefuseOlder
  ReadRegStr $R0 HKCU "${UNINSTALL_KEY}" "DisplayVersion"
  Call RefuseIfNewer
  ReadRegStr $R0 HKLM "${UNINSTALL_KEY}" "DisplayVersion"
  Call RefuseIfNewer
FunctionEnd

; $R0: an installed version, or empty.
Function RefuseIfNewer
  ${VersionCompare} "$R0" "${VERSION}" $R1
  ${If} $R0 != ""
  ${AndIf} $R1 = 1
    ${Stop} ${EXIT_NEWER} "$(IsNewer)"
  ${EndIf}
FunctionEnd

; By switch; else as it is installed, of two ways the one that can be renewed; else by rights.
Function ChooseScope
  ReadRegStr $UserFolder HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ReadRegStr $MachineFolder HKLM "${UNINSTALL_KEY}" "InstallLocation"
  StrCpy $IsScopeSettled 1
  ClearErrors
  ${GetOptions} $Parameters "/AllUsers" $R0
  ${IfNot} ${Errors}
    StrCpy $Scope "machine"
    Return
  ${EndIf}
  ClearErrors
  ${GetOptions} $Parameters "/CurrentUser" $R0
  ${IfNot} ${Errors}
    StrCpy $Scope "user"
    Return
  ${EndIf}
  ${If} $UserFolder == ""
  ${AndIf} $MachineFolder == ""
    StrCpy $IsScopeSettled 0
  ${EndIf}
  StrCpy $Scope "user"
  ${If} $IsAdmin = 1
  ${AndIf} $UserFolder == ""
  ${OrIf} $MachineFolder != ""
    StrCpy $Scope "machine"
  ${EndIf}
  ${If} $UserFolder != ""
  ${AndIf} $IsAdmin = 0
    StrCpy $Scope "user"
  ${EndIf}
FunctionEnd

; From here on SHCTX, the start menu and the desktop are those of $Scope.
Function UseScope
  ${If} $Scope == "machine"
    ${If} $IsAdmin = 0
      StrCpy $R0 $EXEPATH
      StrCpy $R1 "/AllUsers $Parameters"
      Call Elevate
    ${EndIf}
    SetShellVarContext all
    StrCpy $Installed $MachineFolder
  ${Else}
    SetShellVarContext current
    StrCpy $Installed $UserFolder
  ${EndIf}
  Call ChooseFolder
  Call ChooseParts
FunctionEnd

; Where it is; else what /D says; else Windows' place for programs of this scope.
Function ChooseFolder
  ${If} $Installed != ""
    ${If} $GivenFolder != ""
    ${AndIf} $GivenFolder != $Installed
      StrCpy $R0 $Installed
      ${Stop} ${EXIT_SWITCH} "$(IsElsewhere)"
    ${EndIf}
    StrCpy $INSTDIR $Installed
  ${ElseIf} $GivenFolder != ""
    StrCpy $INSTDIR $GivenFolder
  ${ElseIf} $Scope == "machine"
    StrCpy $INSTDIR "${DEFAULT_FOLDER}"
  ${Else}
    StrCpy $INSTDIR "${USER_FOLDER}"
  ${EndIf}
FunctionEnd

!macro ChoosePart SWITCH PART
  ClearErrors
  ${GetOptions} $Parameters "${SWITCH}" $R0
  ${IfNot} ${Errors}
    ${If} $R0 == "1"
      !insertmacro SelectSection ${PART}
    ${ElseIf} $R0 == "0"
      !insertmacro UnselectSection ${PART}
    ${Else}
      StrCpy $R0 "${SWITCH}$R0"
      ${Stop} ${EXIT_SWITCH} "$(WrongSwitch)"
    ${EndIf}
  ${EndIf}
!macroend

; By switch, else as it was.
Function ChooseParts
  ReadRegStr $R0 SHCTX "${UNINSTALL_KEY}" "DesktopIcon"
  ${If} ${FileExists} "$R0"
    !insertmacro SelectSection ${PartDesktop}
  ${EndIf}
  ReadRegStr $R0 SHCTX "${RUN_KEY}" "wxpark-gui"
  ${If} $R0 != ""
    !insertmacro SelectSection ${PartAutostart}
  ${EndIf}
  !insertmacro ChoosePart "/DESKTOP=" ${PartDesktop}
  !insertmacro ChoosePart "/AUTOSTART=" ${PartAutostart}
FunctionEnd

; ---- Pages

Function ShowScope
  ${If} $IsScopeSettled = 1
    Abort
  ${EndIf}
  !insertmacro MUI_HEADER_TEXT "$(ScopeTitle)" "$(ScopeSubtitle)"
  nsDialogs::Create 1018
  Pop $R0
  ${NSD_CreateRadioButton} 10u 15u -10u 12u "$(ScopeUser)"
  Pop $UserButton
  ${NSD_CreateRadioButton} 10u 35u -10u 12u "$(ScopeMachine)"
  Pop $R0
  ${NSD_CreateLabel} 10u 65u -10u 24u "$(ScopeData)"
  Pop $R1
  ${If} $Scope == "user"
    StrCpy $R0 $UserButton
  ${EndIf}
  ${NSD_Check} $R0
  nsDialogs::Show
FunctionEnd

Function LeaveScope
  ${NSD_GetState} $UserButton $R0
  StrCpy $Scope "machine"
  ${If} $R0 = ${BST_CHECKED}
    StrCpy $Scope "user"
  ${EndIf}
  Call UseScope
FunctionEnd

Function SkipFolder
  ${If} $Installed != ""
    Abort
  ${EndIf}
FunctionEnd

Function LeaveFolder
  Call CheckFolder
  ${If} $IsFolderFree = 0
    MessageBox MB_OK|MB_ICONEXCLAMATION "$(FolderTaken)" /SD IDOK
    Abort
  ${EndIf}
FunctionEnd

; Whatever an administrator starts would keep its data with the administrator.
Function ShowFinish
  ${If} $IsAdmin = 1
    ${NSD_Uncheck} $mui.FinishPage.Run
    ShowWindow $mui.FinishPage.Run ${SW_HIDE}
  ${EndIf}
FunctionEnd

; ---- Installing

Function CheckFolder
  StrCpy $IsFolderFree 1
  ${If} ${FileExists} "$INSTDIR\program\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\wxpark-gui.exe"
    StrCpy $IsFolderFree 0
  ${EndIf}
FunctionEnd

; What a set-up left that was cut off; between its two renamings the old program is `program.old`.
Function ClearLeftovers
  ${IfNot} ${FileExists} "$INSTDIR\program\*.*"
  ${AndIf} ${FileExists} "$INSTDIR\program.old\*.*"
    ${Move} "$INSTDIR\program.old" "$INSTDIR\program"
  ${EndIf}
  RMDir /r "$INSTDIR\program.old"
  RMDir /r "$INSTDIR\program.new"
FunctionEnd

; The uninstaller has no extension yet, so that nobody starts it before the program is there.
Function Unpack
  SetOutPath "$INSTDIR\program.new"
  File /r "${PAYLOAD}\*"  ; on Windows no other slash will do
  SetOutPath "$INSTDIR"  ; a working directory cannot be renamed
  ClearErrors
  WriteUninstaller "$INSTDIR\uninstall.new"
  ${If} ${Errors}
    Call GiveUp
  ${EndIf}
FunctionEnd

Function Replace
  ${If} ${FileExists} "$INSTDIR\program\*.*"
    ${Move} "$INSTDIR\program" "$INSTDIR\program.old"
    ${If} $IsDone = 0
      Call GiveUp
    ${EndIf}
  ${EndIf}
  ${Move} "$INSTDIR\program.new" "$INSTDIR\program"
  ${If} $IsDone = 0
    ${Move} "$INSTDIR\program.old" "$INSTDIR\program"
    Call GiveUp
  ${EndIf}
  Delete "$INSTDIR\uninstall.exe"
  Rename "$INSTDIR\uninstall.new" "$INSTDIR\uninstall.exe"
  RMDir /r /REBOOTOK "$INSTDIR\program.old"
FunctionEnd

Function GiveUp
  Call RemoveNew
  ${Stop} ${EXIT_FAILED} "$(CannotWrite)"
FunctionEnd

Function RemoveNew
  SetOutPath "$TEMP"
  RMDir /r "$INSTDIR\program.new"
  Delete "$INSTDIR\uninstall.new"
  RMDir "$INSTDIR"
FunctionEnd

; NSIS calls this when a file could not be unpacked, a full disk for one.
Function .onInstFailed
  Call RemoveNew
FunctionEnd

; They are made anew: the language may be another one now. None of them starts inside `program`,
; where a forgotten console would stand in the way of the next version.
Function AddLinks
  Call RemoveLinks
  CreateDirectory "$SMPROGRAMS\wxpark"
  StrCpy $OUTDIR "%USERPROFILE%"
  CreateShortcut "$SMPROGRAMS\wxpark\$(LinkWindow).lnk" "$INSTDIR\program\wxpark-gui.exe"
  CreateShortcut "$SMPROGRAMS\wxpark\$(LinkTraining).lnk" "$INSTDIR\program\wxpark-gui.exe" "--training"
  CreateShortcut "$SMPROGRAMS\wxpark\$(LinkConsole).lnk" "$SYSDIR\cmd.exe" \
    '/K "set "PATH=$INSTDIR\program;%PATH%""' "$INSTDIR\program\wxpark.exe"
FunctionEnd

; PATH is left alone: NSIS cuts strings at 1024 characters, and a PATH may be longer.
Function Register
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "$(Product)"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\program\wxpark-gui.exe"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE_KIB}
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
  WriteRegStr SHCTX "${APP_PATHS_KEY}\wxpark-gui.exe" "" "$INSTDIR\program\wxpark-gui.exe"
  WriteRegStr SHCTX "${APP_PATHS_KEY}\wxpark.exe" "" "$INSTDIR\program\wxpark.exe"
  ${IfNot} ${SectionIsSelected} ${PartAutostart}
    DeleteRegValue SHCTX "${RUN_KEY}" "wxpark-gui"
  ${EndIf}
FunctionEnd

!include "uninstaller.nsh"
