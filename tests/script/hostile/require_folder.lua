-- FAILED require_folder.lua:2: require: no module 'folder' (looked for _folder.lua beside the scenario and in the script folders)
require "folder"
