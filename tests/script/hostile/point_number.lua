-- FAILED point_number.lua:2: point: the object must be a task, page, vma or anon_vma, not 3
point(3)
