@echo off
rem Builds Rearm.Streaming and runs one of its commands, e.g. rearm demo. Needs the .NET 10 SDK, nothing else.
setlocal
set DOTNET_CLI_TELEMETRY_OPTOUT=1
set DOTNET_NOLOGO=1
if /i "%~1"=="test" (
  dotnet test "%~dp0Rearm.Streaming.sln" -c Release
  exit /b
)
dotnet build "%~dp0src\Cli\Cli.csproj" -c Release -v quiet -nologo 1>&2 || exit /b 1
dotnet "%~dp0artifacts\bin\Cli\release\Rearm.Streaming.Cli.dll" %*
