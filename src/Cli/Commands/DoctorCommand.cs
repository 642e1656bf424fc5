using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Cli.Configuration;
using Rearm.Streaming.Cli.Doctor;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm doctor</c>: checks this machine.</summary>
internal static class DoctorCommand
{
    public static RearmCommand Create()
    {
        var kafka = SettingOption.Kafka();
        var redis = SettingOption.Redis();
        var command = new RearmCommand(
            "doctor",
            "Check this machine: what is there, what is missing and how to get it. Exit code 0: the demo can run.",
            new("rearm doctor", "check this machine"),
            new("rearm doctor --kafka kafka:9092 --redis redis:6379", "and whether these servers answer"))
        {
            kafka,
            redis,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            Probe[] probes =
            [
                .. MachineProbes.All(ServiceConfiguration.All.SelectMany(service => service.Ports)),
                .. TorchProbes.All(),
                .. EmbeddedProbes.All(parsed.GetValue(kafka), parsed.GetValue(redis)),
                .. ServerProbes.All(parsed.GetValue(kafka), parsed.GetValue(redis)),
            ];
            var console = Consoles.For(parsed.InvocationConfiguration.Output);
            return await Examination.RunAsync(probes, console, cancellation) ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }
}
