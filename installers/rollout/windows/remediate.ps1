# Intune, Remediations: moves everybody on this computer to port 587, and keeps a backup.
# Ends with 0 when that went as it should, else with 1; one short line, nothing on the stream of
# errors, for Intune takes a single word there for a failure. Settings as for detect.ps1. What is
# wished (rings, whom to leave alone, where reports go) stands in the policy: configure587.admx.
$ErrorActionPreference = 'Stop'

try {
    # Started as 32 bit all the same: once more as 64 bit, for that is the registry people use.
    if ($env:PROCESSOR_ARCHITEW6432) {
        $shell = Join-Path $env:SystemRoot 'sysnative\WindowsPowerShell\v1.0\powershell.exe'
        & $shell -NoProfile -NonInteractive -ExecutionPolicy Bypass -File $PSCommandPath
        exit $LASTEXITCODE
    }

    # The package for all people says where it lies, for its folder can be chosen.
    $key = 'HKLM:\Software\Configure587'
    $folder = (Get-ItemProperty -LiteralPath $key -ErrorAction SilentlyContinue).InstallDir
    if (-not $folder) { $folder = Join-Path $env:ProgramFiles 'Configure587' }
    $program = Join-Path $folder 'configure587c.exe'
    if (-not (Test-Path -LiteralPath $program)) {
        Write-Output 'Configure 587! is not installed here.'
        exit 1
    }

    & $program apply --silent --yes --all-users | Out-Null
    $code = $LASTEXITCODE

    # 0: done. 11, 12, 15: a person or a server is needed, no other run. 13: a mail program is open,
    # 14: done in part, 16: not this computer's turn; a later run goes on.
    if ($code -in 0, 11, 12, 13, 14, 15, 16) {
        Write-Output "It went as it should ($code)."
        exit 0
    }
    Write-Output "It did not go as it should ($code)."
    exit 1
} catch {
    Write-Output 'It could not be started.'
    exit 1
}
