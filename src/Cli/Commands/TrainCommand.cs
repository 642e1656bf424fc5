using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Trainer;

namespace Rearm.Streaming.Cli.Commands;

/// <summary><c>rearm train</c>: the Trainer.</summary>
internal static class TrainCommand
{
    public static RearmCommand Create() => new RearmCommand(
        "train",
        "Run the Trainer: trains REARM on the newest snapshot in Redis and publishes generations.",
        new("rearm train --redis 127.0.0.1:6379", "train on the best device there is"),
        new("rearm train --device cpu --Trainer:MaxEpochs=50", "on the CPU, with at most 50 epochs a run"))
        .Runs(
            TrainerHost.Build,
            SettingOption.Redis(),
            SettingOption.Among("--device", "Trainer:Device", "Where to train; auto is CUDA where there is any", "auto", "cpu", "cuda"),
            SettingOption.GrpcPort(),
            SettingOption.HttpPort(),
            SettingOption.Address());
}
