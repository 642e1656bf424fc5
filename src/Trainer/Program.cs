using Rearm.Streaming.Hosting;
using Rearm.Streaming.Trainer;

return await TrainerHost.Build(args).RunServiceAsync();
