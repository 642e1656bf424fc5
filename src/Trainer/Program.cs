using Rearm.Streaming.ServiceDefaults;
using Rearm.Streaming.Trainer;

return await TrainerHost.Build(args).RunServiceAsync();
