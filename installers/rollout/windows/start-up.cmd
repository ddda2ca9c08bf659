@echo off
rem Start-up script of a computer (Group Policy: Computer Configuration, Windows Settings, Scripts,
rem Startup). Moves everybody on this computer to port 587, once for each version of the program and
rem each policy, that of the registry or a file named with --policy; a computer that was not finished
rem is tried again at its next start.
rem
rem     start-up.cmd [OPTIONS OF "configure587 apply", such as --ring pilot]
rem
rem It says nothing and always ends with 0, so that no start is held up. What it did stands in
rem %SystemRoot%\Logs\Configure587\start-up.log, where only administrators can write. (A folder
rem below ProgramData could have been made beforehand by anybody, and lead elsewhere.)
setlocal
set "PROGRAM=%ProgramFiles%\Configure587\configure587c.exe"
if defined ProgramW6432 set "PROGRAM=%ProgramW6432%\Configure587\configure587c.exe"
rem The package for all people says where it lies, for its folder can be chosen. (What reg says of
rem a key that is missing is no REG_SZ.)
set "WHERE=reg query HKLM\Software\Configure587 /v InstallDir /reg:64"
for /f "tokens=1,2*" %%A in ('%WHERE% 2^>nul') do (
    if "%%A %%B"=="InstallDir REG_SZ" set "PROGRAM=%%C\configure587c.exe"
)
set "FOLDER=%SystemRoot%\Logs\Configure587"
set "LOG=%FOLDER%\start-up.log"
if not exist "%PROGRAM%" exit /b 0
if not exist "%FOLDER%" mkdir "%FOLDER%"

rem The version, the policy as it stands in the registry, our options, and what is in the files that
rem they name: when these are as they were after the last run that was finished, there is nothing to
rem do.
"%PROGRAM%" --version > "%FOLDER%\now.txt" 2>nul
reg query HKLM\Software\Policies\Configure587 /s >> "%FOLDER%\now.txt" 2>nul
echo options: %* >> "%FOLDER%\now.txt"
call :contents %*
if not exist "%FOLDER%\done.txt" goto run
fc /b "%FOLDER%\now.txt" "%FOLDER%\done.txt" >nul 2>nul
if not errorlevel 1 exit /b 0

:run
rem from here on nothing is finished, even if all were to be as before once more
del "%FOLDER%\done.txt" >nul 2>nul
rem one old log is kept, so that the two stay small
if exist "%LOG%" move /y "%LOG%" "%FOLDER%\start-up.old.log" >nul 2>nul
echo %DATE% %TIME% begins > "%LOG%"
"%PROGRAM%" apply --silent --yes --all-users %* >> "%LOG%" 2>nul
set "CODE=%ERRORLEVEL%"
echo %DATE% %TIME% ended with %CODE% >> "%LOG%"

rem 0: done, or nothing to do. 11, 15: what is left needs a person, not another run.
if "%CODE%"=="0" goto finished
if "%CODE%"=="11" goto finished
if "%CODE%"=="15" goto finished
exit /b 0

:finished
move /y "%FOLDER%\now.txt" "%FOLDER%\done.txt" >nul 2>nul
exit /b 0

:contents
if "%~1"=="" exit /b 0
set "NAMED=%~1"
if "%NAMED:~0,9%"=="--policy=" set "NAMED=%NAMED:~9%"
if exist "%NAMED%" type "%NAMED%" >> "%FOLDER%\now.txt" 2>nul
shift
goto contents
