# Configuration Manager, configuration item: a discovery script (type String, 64 bit). It writes one
# word and always ends with 0: compliant, due, person, unproven, missing or unknown. The rule of the
# item: the value equals "compliant". remediate.ps1 can serve as the remediation script.
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
        Write-Output 'missing'
        exit 0
    }

    $report = (& $program scan --silent --all-users --json) -join ' '
    $code = $LASTEXITCODE

    # Not by the code: one person who needs help makes it 11, also where the change is due for others.
    if ($report -match '"verdict": *"(due|half_way)"') {
        Write-Output 'due'
        exit 0
    }
    switch ($code) {
        0 { Write-Output 'compliant' }
        11 { Write-Output 'person' }
        12 { Write-Output 'unproven' }
        default { Write-Output 'unknown' }
    }
    exit 0
} catch {
    Write-Output 'unknown'
    exit 0
}
