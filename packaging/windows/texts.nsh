; Every sentence of the set-up program that is its own, in both languages side by side.
; The buttons and the usual pages are worded by NSIS.

!macro Text NAME ENGLISH CHINESE
  LangString ${NAME} ${LANG_ENGLISH} "${ENGLISH}"
  LangString ${NAME} ${LANG_SIMPCHINESE} "${CHINESE}"
!macroend
!define Text "!insertmacro Text"

; What things are called.
${Text} Product "wxpark Parking entry" "wxpark 停车入场"
${Text} LinkWindow "Parking entry" "停车入场"
${Text} LinkTraining "Parking entry (training)" "停车入场（训练）"
${Text} LinkConsole "wxpark console" "wxpark 命令行"

; The page that asks for whom.
${Text} ScopeTitle "For whom" "安装给谁使用"
${Text} ScopeSubtitle "Choose who can use the program on this computer." "选择这台电脑上谁可以使用本程序。"
${Text} ScopeUser "&Only for me. No administrator is needed." "仅当前用户，不需要管理员(&O)"
${Text} ScopeMachine "For &everybody. An administrator must agree." "本机所有用户，需要管理员同意(&E)"
${Text} ScopeData "Entries and settings are kept apart for each Windows user." "入场记录和设置按 Windows 用户分开保存。"

; The page that asks what.
${Text} PartProgram "The program" "程序"
${Text} PartProgramHelp "The window and the console tool." "窗口程序和命令行工具。"
${Text} PartDesktop "Icon on the desktop" "桌面图标"
${Text} PartDesktopHelp "Opens the window." "打开窗口程序。"
${Text} PartAutostart "Open at logon" "登录后自动打开"
${Text} PartAutostartHelp "Opens the window when a user logs on to Windows." "用户登录 Windows 后自动打开窗口程序。"

; Why it does not go on.
${Text} WrongWindows "This program needs 64-bit Windows 10 or newer." "本程序需要 64 位 Windows 10 或更高版本。"
${Text} WrongSwitch "A switch has a value that does not exist: $R0" "参数的值不正确：$R0"
${Text} IsNewer "Version $R0 is installed, which is newer than ${VERSION}. Nothing was changed.$\r$\n$\r$\nTo go back, uninstall it first; entries and settings stay." "已安装的版本 $R0 比 ${VERSION} 新，没有做任何改动。$\r$\n$\r$\n要换回旧版本，请先卸载；入场记录和设置会保留。"
${Text} IsElsewhere "The program is installed in $R0 and is renewed there. To move it, uninstall it first." "程序已安装在 $R0，只能在原位置更新。要换位置，请先卸载。"
${Text} FolderTaken "$INSTDIR holds a folder “program” of something else. Choose another folder." "$INSTDIR 里已有其他软件的“program”文件夹，请另选位置。"
${Text} NotHere "The program is not installed in $INSTDIR. Nothing was changed." "程序没有安装在 $INSTDIR，没有做任何改动。"
${Text} NeedsAdministrator "Only an administrator can do this. Nothing was changed." "此操作需要管理员权限，没有做任何改动。"
${Text} IsRunning "The program is running. Close its windows, of other users too, then retry. Nothing was changed yet." "程序正在运行。请关闭它的窗口（包括其他用户打开的），再点“重试”。目前没有做任何改动。"
${Text} IsBusy "Another set-up of this program is at work. Wait until it is done." "本程序的另一个安装或卸载正在进行，请等它完成。"
${Text} CannotWrite "Files in $INSTDIR could not be replaced. What was installed before is still there." "无法替换 $INSTDIR 中的文件，原来安装的程序保持不变。"
${Text} CannotRemove "Files in $INSTDIR could not be removed. The program is still there." "无法删除 $INSTDIR 中的文件，程序保持不变。"
${Text} DataInUse "The data in $DataFolder are in use. Close what uses them. Nothing was changed." "$DataFolder 中的数据正在使用，请先关闭使用它的程序。目前没有做任何改动。"

; The page before removal.
${Text} RemoveTitle "Remove the program" "卸载程序"
${Text} RemoveSubtitle "Entries and settings stay unless you choose otherwise." "除非另外选择，入场记录和设置都会保留。"
${Text} RemoveWhat "Removed from this computer: $INSTDIR" "将从本机移除：$INSTDIR"
${Text} RemoveData "&Also delete my entries, settings and logs" "同时删除我的入场记录、设置和日志(&A)"
${Text} RemoveDataWarning "They lie in $DataFolder. Entries not yet sent to WeChat would be lost for good." "它们保存在 $DataFolder。还没有发送给微信的入场记录将永久丢失。"
${Text} RemoveKey "The API key stays in the Windows Credential Manager. To remove it too, cancel and run first:  wxpark merchant forget" "API 密钥仍保存在 Windows 凭据管理器中。如需一并删除，请先取消，运行：wxpark merchant forget"
