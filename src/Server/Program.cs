using Rearm.Streaming.Hosting;
using Rearm.Streaming.Server;

return await ServerHost.Build(args).RunServiceAsync();
