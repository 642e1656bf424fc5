using Grpc.Core;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Snapshots;
using Rearm.Streaming.Trainer.Worker;

namespace Rearm.Streaming.Trainer.Grpc;

/// <summary>rearm.v1.Training: "train now", and what the worker is doing.</summary>
internal sealed class TrainingService(TrainerState state, SnapshotReader snapshots) : Contracts.V1.Training.TrainingBase
{
    [OperatorCall]
    public override async Task<TrainingStatus> Train(TrainRequest request, ServerCallContext context)
    {
        if (state.Status is { State: TrainingStatus.Types.State.Standby } standby)
            throw new PreconditionException(standby.Message);
        if (await snapshots.CurrentNumberAsync(context.CancellationToken) is null)
            throw new PreconditionException("No snapshot has been published yet; ask the GraphBuilder for one (rearm.v1.GraphBuilding/PublishSnapshot).");
        state.Request(request.Force);
        return state.Status;
    }

    public override Task<TrainingStatus> GetStatus(GetTrainingStatusRequest request, ServerCallContext context) => Task.FromResult(state.Status);
}
