; The setup program: per person, without an administrator. setup.py calls makensis with
;   OUT      the file to make            TREE    the folder of the program (tree.py)
;   VERSION  as people write it          NUMBERS as Windows counts it, four of them
;   SIZE     of TREE, in KiB             ICON    of the setup program and of what removes it
;   PACKING  lzma, or zlib where time matters more than size
;
; The program lies in $INSTDIR\app and nowhere else. A new one is first put beside the old one,
; whole; then their names are exchanged. So a full disk, a power cut or a refusal leaves the old
; one as it was, and removing it can never take anything else along. Where there is already
; something of that name that is not ours, nothing is installed.
;
; Codes are those of Windows Installer: 0, 1602 cancelled, 1603 failed, 1618 later again.

Unicode true
Target amd64-unicode
!if ${PACKING} == lzma
  SetCompressor /SOLID lzma
!else
  SetCompressor ${PACKING}
!endif
ManifestDPIAware true
ManifestSupportedOS Win10
RequestExecutionLevel user
CRCCheck force

!include MUI2.nsh
!include nsDialogs.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include WordFunc.nsh

!define NAME "Configure 587!"
!define KEY "Software\Configure587"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Configure587"
!define PLAN "Configure587.Plan"
!define MUTEX "Local\Configure587"
; Names that nobody else gives to a folder: they are removed with all that is in them.
!define NEW "$INSTDIR\Configure587.new"
!define OLD "$INSTDIR\Configure587.old"
!define DATA "$LOCALAPPDATA\Configure587" ; as machine/__init__.py has it
!define CANCELLED 1602
!define FAILED 1603
!define LATER 1618

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\Configure587"
InstallDirRegKey HKCU "${KEY}" "InstallDir"
BrandingText "${NAME} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion ${NUMBERS}
VIAddVersionKey /LANG=0 ProductName "${NAME}"
VIAddVersionKey /LANG=0 ProductVersion "${VERSION}"
VIAddVersionKey /LANG=0 FileVersion "${VERSION}"
VIAddVersionKey /LANG=0 FileDescription "${NAME} setup"
VIAddVersionKey /LANG=0 CompanyName "${NAME}"
VIAddVersionKey /LANG=0 LegalCopyright "${NAME}, MIT"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "side.bmp"
!define MUI_WELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_UNWELCOMEFINISHPAGE_BITMAP "side.bmp"
!define MUI_UNWELCOMEFINISHPAGE_BITMAP_STRETCH AspectFitHeight
!define MUI_CUSTOMFUNCTION_ABORT Cancelled
!define MUI_CUSTOMFUNCTION_UNABORT un.Cancelled

!define MUI_WELCOMEPAGE_TITLE $(welcome_title)
!define MUI_WELCOMEPAGE_TEXT $(welcome_text)
!insertmacro MUI_PAGE_WELCOME
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckFolder
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE $(finish_title)
!define MUI_FINISHPAGE_TEXT $(finish_text)
!define MUI_FINISHPAGE_RUN "$INSTDIR\app\Configure587.exe"
!define MUI_FINISHPAGE_RUN_TEXT $(finish_run)
!insertmacro MUI_PAGE_FINISH

Var Said ; what is so once it is removed
UninstPage custom un.Ask un.Asked
!insertmacro MUI_UNPAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE $(removed_title)
!define MUI_FINISHPAGE_TEXT "$Said"
!insertmacro MUI_UNPAGE_FINISH

; The first one is for those who read neither.
!insertmacro MUI_LANGUAGE English
!insertmacro MUI_LANGUAGE PortugueseBR
!include setup.en.nsh
!include setup.pt-BR.nsh
!insertmacro MUI_RESERVEFILE_LANGDLL

Var Undo ; "yes" when the changes in the mail are to be undone
Var Choice ; the button for it
Var Reason ; why it stops

; --- what both programs do -----------------------------------------------------------------------

; Quit, with a code for whoever asked for silence and a sentence for everybody else.
!macro QuitWith CODE TEXT
  SetErrorLevel ${CODE}
  MessageBox MB_OK|MB_ICONEXCLAMATION "${TEXT}" /SD IDOK
  Quit
!macroend

; Give a folder another name; where that cannot be done it is still there afterwards. A virus scanner
; that reads a new file keeps Windows from it for a moment, so it is tried for five seconds.
!macro Exchange FROM TO
  StrCpy $0 20
  ${Do}
    RMDir "${TO}" ; only if it is empty
    Rename "${FROM}" "${TO}"
    ${IfThen} ${FileExists} "${FROM}" ${|} Sleep 250 ${|}
    IntOp $0 $0 - 1
    ${IfThen} $0 = 0 ${|} ${ExitDo} ${|}
  ${LoopWhile} ${FileExists} "${FROM}"
!macroend

!macro Common un

; The language that /LANG= asks for, by number or by name; else the one that it was installed in.
Function ${un}Language
  Push $0
  Push $1
  ReadRegDWORD $1 HKCU "${KEY}" "Language"
  ${IfThen} "${un}" == "" ${|} StrCpy $1 "" ${|}
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/LANG=" $0
  ${IfNot} ${Errors}
    StrCpy $1 $0
  ${EndIf}
  ${If} $1 == "pt-BR"
  ${OrIf} $1 == "pt_BR"
  ${OrIf} $1 == ${LANG_PORTUGUESEBR}
    StrCpy $LANGUAGE ${LANG_PORTUGUESEBR}
  ${ElseIf} $1 == "en"
  ${OrIf} $1 == ${LANG_ENGLISH}
    StrCpy $LANGUAGE ${LANG_ENGLISH}
  ${EndIf}
  Pop $1
  Pop $0
FunctionEnd

; Only one of all setup programs of this person at a time.
Function ${un}OnlyOne
  System::Call 'kernel32::CreateMutexW(p 0, i 0, w "Local\Configure587Setup") p.r0 ?e'
  Pop $0
  ${If} $0 = 183 ; ERROR_ALREADY_EXISTS
    !insertmacro QuitWith ${LATER} $(other_setup)
  ${EndIf}
FunctionEnd

; Wait for the person to close the program; nobody to ask is a reason to try later.
Function ${un}NotRunning
  again:
  System::Call 'kernel32::OpenMutexW(i 0x100000, i 0, w "${MUTEX}") p.r0' ; SYNCHRONIZE
  IntPtrCmp $0 0 closed
  System::Call 'kernel32::CloseHandle(p r0)'
  SetErrorLevel ${LATER}
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION $(is_open) /SD IDCANCEL IDRETRY again
  Quit
  closed:
  SetErrorLevel 0
FunctionEnd

Function ${un}Cancelled
  SetErrorLevel ${CANCELLED}
FunctionEnd

!macroend
!insertmacro Common ""
!insertmacro Common "un."

; --- installing ----------------------------------------------------------------------------------

; A newer one, if it can be removed, is not replaced: what it has left may be new to this one.
Function NoneNewer
  ReadRegStr $0 HKCU "${KEY}" "Numbers"
  ReadRegStr $1 HKCU "${KEY}" "InstallDir"
  ${If} $0 != ""
  ${AndIf} ${FileExists} "$1\uninstall.exe"
    ${VersionCompare} $0 ${NUMBERS} $0
    ${If} $0 = 1
      !insertmacro QuitWith ${FAILED} $(newer)
    ${EndIf}
  ${EndIf}
FunctionEnd

Function .onInit
  SetShellVarContext current
  Call Language
  Call OnlyOne
  ${IfNot} ${AtLeastWin10}
    !insertmacro QuitWith ${FAILED} $(too_old)
  ${EndIf}
  Call NoneNewer
  Call NotRunning
FunctionEnd

; Whether what we would take the place of is somebody else's goes to $Reason, "" if it is not.
Function TryNames
  StrCpy $Reason ""
  RMDir "$INSTDIR\app" ; only if it is empty
  ${IfNot} ${FileExists} "$INSTDIR\app"
  ${AndIfNot} ${FileExists} "$INSTDIR\uninstall.exe"
    Return
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\app\Configure587.exe"
  ${OrIf} ${FileExists} "$INSTDIR\app\configure587c.exe"
  ${OrIf} ${FileExists} "$INSTDIR\app\python311.dll"
    Return
  ${EndIf}
  ReadRegStr $0 HKCU "${KEY}" "InstallDir" ; ours, and a virus scanner took its programs away
  ${IfThen} $0 != $INSTDIR ${|} StrCpy $Reason $(not_ours) ${|}
FunctionEnd

; What speaks against this folder goes to $Reason, "" for nothing. It is made if it is not there.
Function TryFolder
  Call TryNames
  ${IfThen} $Reason != "" ${|} Return ${|}
  ClearErrors
  CreateDirectory "$INSTDIR"
  CreateDirectory "${NEW}"
  FileOpen $0 "${NEW}\try" w
  ${If} ${Errors}
    StrCpy $Reason $(cannot_write)
    Return
  ${EndIf}
  FileWriteWord $0 587 ; a disk may have room for a name and none for what is in the file
  FileClose $0
  Delete "${NEW}\try"
  System::Call 'kernel32::GetDiskFreeSpaceExW(w "$INSTDIR", *l .r0, p 0, p 0) i.r1'
  ${If} $1 <> 0
    System::Int64Op $0 / 1024
    Pop $0
    System::Int64Op $0 < ${SIZE}
    Pop $1
    ${IfThen} $1 = 1 ${|} StrCpy $Reason $(no_room) ${|}
  ${EndIf}
FunctionEnd

; Take away what a setup that was stopped, or this one, has begun.
Function Forget
  SetOutPath "$TEMP" ; a folder that is the current one cannot be removed
  RMDir /r "${NEW}"
  RMDir "$INSTDIR" ; only if it is empty
FunctionEnd

Function CheckFolder
  Call TryFolder
  Call Forget
  ${If} $Reason != ""
    MessageBox MB_OK|MB_ICONEXCLAMATION "$Reason"
    Abort
  ${EndIf}
FunctionEnd

Function .onInstFailed
  Call Forget
  SetErrorLevel ${FAILED}
FunctionEnd

!macro Fail TEXT
  Call Forget
  SetErrorLevel ${FAILED}
  MessageBox MB_OK|MB_ICONEXCLAMATION "${TEXT}" /SD IDOK
  Quit
!macroend

Section
  Call NotRunning ; the person may have opened it meanwhile
  RMDir /r "${NEW}"
  Call TryFolder
  ${If} $Reason != ""
    !insertmacro Fail "$Reason"
  ${EndIf}

  SetOverwrite try ; a file that cannot be made sets the error flag and asks nothing
  SetOutPath "${NEW}"
  ClearErrors
  File /r "${TREE}/*"
  ${If} ${Errors}
    !insertmacro Fail $(not_whole)
  ${EndIf}

  SetOutPath "$INSTDIR"
  RMDir /r "${OLD}" ; of a setup that was stopped at the very end
  ${If} ${FileExists} "$INSTDIR\app"
    !insertmacro Exchange "$INSTDIR\app" "${OLD}"
    ${If} ${FileExists} "$INSTDIR\app" ; somebody else on this computer runs it
      !insertmacro Fail $(cannot_replace)
    ${EndIf}
  ${EndIf}
  !insertmacro Exchange "${NEW}" "$INSTDIR\app"
  ${If} ${FileExists} "${NEW}"
    !insertmacro Exchange "${OLD}" "$INSTDIR\app"
    !insertmacro Fail $(not_whole)
  ${EndIf}
  RMDir /r "${OLD}"

  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\app\Configure587.exe" "" "" "" "" "" "$(shortcut)"

  WriteRegStr HKCU "Software\Classes\.c587plan" "" "${PLAN}"
  WriteRegStr HKCU "Software\Classes\${PLAN}" "" "$(plan_file)"
  WriteRegStr HKCU "Software\Classes\${PLAN}\DefaultIcon" "" "$INSTDIR\app\Configure587.exe,0"
  ; The plan is shown, a question is asked, and the answer stays to be read.
  WriteRegStr HKCU "Software\Classes\${PLAN}\shell\open\command" "" \
    '"$SYSDIR\cmd.exe" /k ""$INSTDIR\app\configure587c.exe" apply "%1""'
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)' ; SHCNE_ASSOCCHANGED

  WriteRegStr HKCU "${KEY}" "InstallDir" "$INSTDIR"
  WriteRegDWORD HKCU "${KEY}" "Language" $LANGUAGE
  WriteRegStr HKCU "${KEY}" "Numbers" "${NUMBERS}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\app\Configure587.exe,0"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

; --- removing ------------------------------------------------------------------------------------

Function un.onInit
  SetShellVarContext current
  StrCpy $Undo "no"
  Call un.Language
  Call un.OnlyOne
  Call un.NotRunning
FunctionEnd

Function un.Ask
  !insertmacro MUI_HEADER_TEXT $(remove_title) $(remove_subtitle)
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateLabel} 0 0 100% 36u $(remove_text)
  Pop $0
  ${NSD_CreateLabel} 0 44u 100% 12u $(undo_question)
  Pop $0
  ${NSD_CreateFirstRadioButton} 8u 58u -8u 14u $(undo_no)
  Pop $0
  ${NSD_Check} $0
  ${NSD_SetFocus} $0
  ${NSD_CreateAdditionalRadioButton} 8u 74u -8u 14u $(undo_yes)
  Pop $Choice
  ${NSD_CreateLabel} 20u 90u -20u 24u $(undo_means)
  Pop $0
  ${IfThen} $Undo == "yes" ${|} ${NSD_Check} $Choice ${|}
  GetDlgItem $0 $HWNDPARENT 1
  SendMessage $0 ${WM_SETTEXT} 0 "STR:$(^UninstallBtn)"
  nsDialogs::Show
FunctionEnd

Function un.Asked
  StrCpy $Undo "no"
  StrCpy $Said $(removed_text)
  ${NSD_GetState} $Choice $0
  ${IfThen} $0 = ${BST_CHECKED} ${|} StrCpy $Undo "yes" ${|}
  ${IfThen} $Undo == "yes" ${|} StrCpy $Said $(undone_text) ${|}
FunctionEnd

Section Uninstall
  SetDetailsPrint none ; names of files tell a person nothing
  Call un.NotRunning
  SetOutPath "$TEMP"
  ; Whether the program can go is seen before anything goes: its folder gets another name and back.
  RMDir /r "${OLD}"
  ${If} ${FileExists} "$INSTDIR\app"
    !insertmacro Exchange "$INSTDIR\app" "${OLD}"
    ${If} ${FileExists} "$INSTDIR\app"
      !insertmacro QuitWith ${FAILED} $(cannot_replace)
    ${EndIf}
    !insertmacro Exchange "${OLD}" "$INSTDIR\app"
  ${EndIf}

  ; A run that was cut short is brought to its end first, for later nobody could.
  nsExec::Exec '"$INSTDIR\app\configure587c.exe" backups list'
  Pop $0
  ${If} $Undo == "yes"
    nsExec::Exec '"$INSTDIR\app\configure587c.exe" rollback --all'
    Pop $0
    ${If} $0 != 0
      SetErrorLevel ${FAILED}
      MessageBox MB_OK|MB_ICONEXCLAMATION $(not_undone)
      Quit
    ${EndIf}
  ${EndIf}

  ; What waits for the next sign-in would find no program; passwords that were stored go as well.
  nsExec::Exec '"$INSTDIR\app\configure587c.exe" forget'
  Pop $0

  Delete "$SMPROGRAMS\${NAME}.lnk"
  ReadRegStr $0 HKCU "Software\Classes\.c587plan" ""
  ${If} $0 == "${PLAN}"
    DeleteRegKey HKCU "Software\Classes\.c587plan"
  ${EndIf}
  DeleteRegKey HKCU "Software\Classes\${PLAN}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'

  RMDir /r "$INSTDIR\app"
  RMDir /r "${OLD}"
  RMDir /r "${NEW}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only if it is empty
  DeleteRegKey HKCU "${UNINSTALL}"

  ; Of what it has kept for this person the backups stay, and the note that explains them.
  RMDir /r "${DATA}\logs"
  RMDir /r "${DATA}\outbox"
  RMDir "${DATA}\next-sign-in"
  Delete "${DATA}\crash-*.txt"
  Delete "${DATA}\*.lock"
  Delete "${DATA}\pseudonyms.key"
  Delete "${DATA}\updates.json"
  Delete "${DATA}\window.ini"
  RMDir "${DATA}\backups" ; only if it is empty
  ${IfNot} ${FileExists} "${DATA}\backups"
    Delete "${DATA}\LEIA-ME-READ-ME.txt"
    RMDir "${DATA}"
  ${EndIf}
  DeleteRegKey HKCU "${KEY}"
SectionEnd

Function un.onUninstFailed
  SetErrorLevel ${FAILED}
FunctionEnd
