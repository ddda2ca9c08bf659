# Intune, Remediations: does somebody on this computer still send mail through port 25?
# Ends with 1 when the change is due, and with 0 otherwise; one short line, nothing on the stream of
# errors. Settings there: run with the logged-on credentials: no; in 64-bit PowerShell: yes.
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
        exit 0
    }

    $report = (& $program scan --silent --all-users --json) -join ' '
    $code = $LASTEXITCODE

    # Not by the code: one person who needs help makes it 11, also where the change is due for others.
    if ($report -match '"verdict": *"(due|half_way)"') {
        Write-Output 'Port 25 is still used here.'
        exit 1
    }
    # 0, and 10 to 16: a look that came to its end. Anything else, such as a policy that is refused
    # (1), says nothing of this computer.
    if ($code -notin 0, 10, 11, 12, 13, 14, 15, 16) {
        Write-Output "Could not look ($code)."
        exit 0
    }
    Write-Output "Nothing is due here ($code)."
    exit 0
} catch {
    # A look that failed is no reason to change anything.
    Write-Output 'Could not look.'
    exit 0
}
