; Removal: the program always, the data of the one who removes it only when asked.
;
;   /S                no window
;   /DELETEDATA=1     also the data directory
;   _?=FOLDER         the last one, without quotes: wait for the end and give its exit code, as in
;                     `uninstall.exe /S _?=C:\Program Files\wxpark`; uninstall.exe itself is left

Var DataFolder
Var DeletesData  ; 1 when asked for
Var DataBox

Function un.onInit
  Call un.Begin
  SetShellVarContext current
  StrCpy $DataFolder "$LOCALAPPDATA\wxpark-gui"
  Call un.FindScope
  Call un.AskSwitch
FunctionEnd

; Which of two possible installations this is, told by its folder; another one is left alone.
Function un.FindScope
  ReadRegStr $R0 HKCU "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $R0 == $INSTDIR
    Return
  ${EndIf}
  ReadRegStr $R0 HKLM "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $R0 != $INSTDIR
    ${Stop} ${EXIT_SWITCH} "$(NotHere)"
  ${EndIf}
  ${If} $IsAdmin = 0
    StrCpy $R0 "$INSTDIR\uninstall.exe"
    StrCpy $R1 $Parameters
    Call un.Elevate
  ${EndIf}
  SetShellVarContext all
FunctionEnd

Function un.AskSwitch
  StrCpy $DeletesData 0
  ClearErrors
  ${GetOptions} $Parameters "/DELETEDATA=" $R0
  ${If} ${Errors}
    Return
  ${EndIf}
  ${If} $R0 != "0"
  ${AndIf} $R0 != "1"
    StrCpy $R0 "/DELETEDATA=$R0"
    ${Stop} ${EXIT_SWITCH} "$(WrongSwitch)"
  ${EndIf}
  StrCpy $DeletesData $R0
FunctionEnd

Function un.ShowRemoval
  !insertmacro MUI_HEADER_TEXT "$(RemoveTitle)" "$(RemoveSubtitle)"
  nsDialogs::Create 1018
  Pop $R1
  ${NSD_CreateLabel} 0 0 100% 20u "$(RemoveWhat)"
  Pop $R1
  ${NSD_CreateCheckbox} 0 30u 100% 12u "$(RemoveData)"
  Pop $DataBox
  ${If} $DeletesData = 1
    ${NSD_Check} $DataBox
  ${EndIf}
  ${NSD_CreateLabel} 12u 45u -12u 28u "$(RemoveDataWarning)"
  Pop $R1
  ${NSD_CreateLabel} 0 90u 100% 28u "$(RemoveKey)"
  Pop $R1
  GetDlgItem $R1 $HWNDPARENT 1
  SendMessage $R1 ${WM_SETTEXT} 0 "STR:$(^UninstallBtn)"
  nsDialogs::Show
FunctionEnd

Function un.LeaveRemoval
  ${NSD_GetState} $DataBox $R0
  StrCpy $DeletesData 0
  ${If} $R0 = ${BST_CHECKED}
    StrCpy $DeletesData 1
  ${EndIf}
FunctionEnd

Section "Uninstall"
  SetOutPath "$TEMP"  ; a working directory cannot be renamed
  Call un.TakeTurn
  Call un.WaitUntilClosed
  ${If} $DeletesData = 1
    Call un.RefuseDataInUse
  ${EndIf}
  Call un.SetAside
  RMDir /r /REBOOTOK "$INSTDIR\program.old"
  RMDir /r "$INSTDIR\program.new"
  Delete "$INSTDIR\uninstall.new"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  ${If} $DeletesData = 1
    RMDir /r "$DataFolder.deleted"
  ${EndIf}
  Call un.RemoveLinks
  DeleteRegValue SHCTX "${RUN_KEY}" "wxpark-gui"
  ; Switched on in the window.
  DeleteRegValue HKCU "${RUN_KEY}" "wxpark-gui"
  DeleteRegKey SHCTX "${APP_PATHS_KEY}\wxpark-gui.exe"
  DeleteRegKey SHCTX "${APP_PATHS_KEY}\wxpark.exe"
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
SectionEnd

; A window started from elsewhere, or a tool that reads the journal.
Function un.RefuseDataInUse
  StrCpy $R0 ""
  !insertmacro FindHeld "$DataFolder\journal.sqlite3"
  ${If} $R0 != ""
    ${Stop} ${EXIT_RUNNING} "$(DataInUse)"
  ${EndIf}
FunctionEnd

; Both or neither: what is in use cannot be renamed.
Function un.SetAside
  ${If} ${FileExists} "$INSTDIR\program\*.*"
    RMDir /r "$INSTDIR\program.old"
    ${Move} "$INSTDIR\program" "$INSTDIR\program.old"
    ${If} $IsDone = 0
      ${Stop} ${EXIT_FAILED} "$(CannotRemove)"
    ${EndIf}
  ${EndIf}
  ${If} $DeletesData = 1
  ${AndIf} ${FileExists} "$DataFolder\*.*"
    RMDir /r "$DataFolder.deleted"
    ${Move} "$DataFolder" "$DataFolder.deleted"
    ${If} $IsDone = 0
      ${Move} "$INSTDIR\program.old" "$INSTDIR\program"
      ${Stop} ${EXIT_RUNNING} "$(DataInUse)"
    ${EndIf}
  ${EndIf}
FunctionEnd
