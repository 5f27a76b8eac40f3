using PlantedBugs;
using Repository;

// Run by scripts/planted-bugs in a copy of the source with the bugs applied.
var only = args is ["--only", var names] ? names.Split(',') : null;
return await Trials.Run([.. PlantedBug.All.Where(bug => only is null || only.Contains(bug.Name))]) ? 0 : 1;
